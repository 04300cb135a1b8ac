"""Whether a machine that should capture does: what its agent says, against what it delivers and when it was heard.

    heard within `silent`                                     not heard for longer
      failed                    ALARM what it says              paused, stopped, off hours    quiet, by its own word
      spool older than          ALARM undelivered               less than `away`              away: off, asleep, offline
      capturing, nothing kept   ALARM silent                    `away` to `laid_aside`        ALARM missing
      delivered, not landed     ALARM lost                      longer                        laid aside
      else                      as it says

A machine that is switched off is no fault, for a few days; after a month it is taken for one that nobody uses, so that
no alarm lasts for ever. An agent's times are compared with its own clock, so a wrong one alarms nobody.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Word:
    """What an agent said last of itself, by its own clock; `state` is one of `protocol.CaptureState`."""

    state: str
    at: datetime
    since: datetime
    last_kept_at: datetime | None = None
    spooled_items: int = 0
    oldest_spooled_at: datetime | None = None
    problem: str | None = None

    @property
    def lag(self) -> timedelta:
        """How long the oldest item of its spool has waited; zero where nothing waits."""
        waits = self.spooled_items and self.oldest_spooled_at is not None and self.oldest_spooled_at < self.at
        return self.at - self.oldest_spooled_at if waits and self.oldest_spooled_at is not None else timedelta()


@dataclass(frozen=True, slots=True)
class Machine:
    """A deployment: its agent's last word and when that came (server's clock), the time of its newest frame here."""

    word: Word | None = None
    heard_at: datetime | None = None
    newest_frame_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """After how long what is an alarm; agents report each minute and keep a frame each five of activity."""

    silent: timedelta = timedelta(minutes=15)
    undelivered: timedelta = timedelta(hours=6)
    away: timedelta = timedelta(days=3)
    laid_aside: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a machine stands, in a word and a sentence, and whether its owner should look."""

    standing: str
    alarm: bool = False
    why: str = ""


_BY_ITS_OWN_WORD = frozenset({"paused", "stopped", "off_hours"})


def judge(machine: Machine, now: datetime, limits: Limits = Limits()) -> Verdict:
    """How the machine stands at `now` (the server's clock)."""
    word = machine.word
    if word is None or machine.heard_at is None:
        return Verdict("no agent")
    unheard = now - machine.heard_at
    return _absent(word, unheard, limits) if unheard > limits.silent else _present(word, machine, limits)


def _absent(word: Word, unheard: timedelta, limits: Limits) -> Verdict:
    if word.state in _BY_ITS_OWN_WORD:
        return Verdict(word.state)
    if unheard > limits.laid_aside:
        return Verdict("laid aside", why=f"not heard of for {told(unheard)}")
    if unheard > limits.away:
        why = f"not heard of for {told(unheard)}; is its agent running, and can it reach this server?"
        return Verdict("missing", True, why)
    return Verdict("away", why=f"not heard of for {told(unheard)}: off, asleep or without network")


def _present(word: Word, machine: Machine, limits: Limits) -> Verdict:
    if word.state == "failed":
        return Verdict("failed", True, word.problem or "it cannot capture; see `recall-agent doctor` there")
    if word.lag > limits.undelivered:
        return Verdict("undelivered", True, word.problem or f"its oldest frame has waited for {told(word.lag)}")
    if word.state == "capturing":
        kept = max(word.since, word.last_kept_at or word.since)
        if word.at - kept > limits.silent:
            return Verdict("silent", True, f"says that it captures, and has kept nothing for {told(word.at - kept)}")
        newest = machine.newest_frame_at
        delivered = word.last_kept_at if not word.spooled_items else None
        if delivered is not None and (newest is None or delivered - newest > limits.silent):
            return Verdict("lost", True, "says that all was delivered, and its newest frames are not here")
    return Verdict(word.state, why=word.problem or "")


def told(span: timedelta) -> str:
    """A length of time in its largest fitting unit, `3 days`."""
    minutes = max(0, span // timedelta(minutes=1))
    for name, length in (("day", 24 * 60), ("hour", 60)):
        if minutes >= 2 * length:
            return f"{minutes // length} {name}s"
    return f"{minutes} minute{'' if minutes == 1 else 's'}"
