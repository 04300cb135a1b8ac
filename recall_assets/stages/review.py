"""Whether what landed from a machine is to be reviewed now: its owner says how soon, on what power, at what hours.

landed ──── delay ────► due, if ┬ on_mains: the machine is not known to run on its battery
                                └ night: its clock shows an hour of [from, until), which may span midnight
landed ──── LONGEST_WAIT ─────► due all the same: nothing waits for ever
"""

from datetime import datetime, time, timedelta

from recall_assets.records import Review

# Longer than a weekend without the charger.
LONGEST_WAIT = timedelta(days=3)
# A machine that was not heard of for longer is off: nothing drains its battery.
BATTERY_IS_KNOWN_FOR = timedelta(minutes=15)


def is_due(review: Review, waited: timedelta, clock: time, *, on_battery: bool) -> bool:
    """Whether what has waited so long is to be reviewed.

    Args:
        clock: what the machine's own clock shows.
        on_battery: see `runs_on_battery`.
    """
    if review.delay is None:
        return False
    if waited >= max(review.delay, LONGEST_WAIT):
        return True
    if waited < review.delay or (review.on_mains and on_battery):
        return False
    return review.night is None or _within(clock, *review.night)


def runs_on_battery(said: bool | None, reported_at: datetime | None, now: datetime) -> bool:
    """Whether the machine runs on its battery, as its agent said lately; False where it did not say."""
    return bool(said) and reported_at is not None and now - reported_at <= BATTERY_IS_KNOWN_FOR


def _within(clock: time, begin: time, end: time) -> bool:
    return begin <= clock < end if begin <= end else clock >= begin or clock < end
