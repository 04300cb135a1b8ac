"""What is an alarm, and when it is raised and cleared: once each, however long it lasts.

    look       1     2     3     4     5     6
    trouble    x     .     x     x     .     .
    alert                        raised      cleared      in two looks in a row, or gone in two

Amounts have two limits: what is open is cleared only well below the limit at which it is raised, so that nothing that
moves about one limit calls again and again.
"""

from collections.abc import Collection, Mapping, Sequence

from recall_assets.records import AlertKey, AlertKind, Trouble

SPOOL_FULL, SPOOL_EASED = 0.5, 0.4
# In times of the room below which nothing more is taken in.
DISK_SHORT, DISK_EASED = 2.0, 2.5
SECURITY_KEYS = 2


def changes(
    now: Collection[AlertKey], before: Collection[AlertKey], open_: Collection[AlertKey]
) -> tuple[set[AlertKey], set[AlertKey]]:
    """What is to be raised, and what to be cleared.

    Args:
        now: what is wrong in this look.
        before: what was in the last one.
        open_: what was raised and not cleared.
    """
    return ({*now} & {*before}) - {*open_}, {*open_} - {*now} - {*before}


def machines(silent: Mapping[str, str]) -> list[Trouble]:
    """Machines that should be captured and are not, each with its standing in a word."""
    remedy = "recall deployments list says more; on that machine: recall-agent status"
    return [
        Trouble(AlertKey(AlertKind.MACHINE, id_), f"{id_} is not captured as it should be: {standing}.", remedy)
        for id_, standing in sorted(silent.items())
    ]


def spools(filled: Mapping[str, float], open_: Collection[AlertKey]) -> list[Trouble]:
    """Machines whose frames wait for this server, by the share of their spool that is full."""
    remedy = "Can it reach this server? On that machine: recall-agent doctor. A full spool gives up what is redundant"
    return [
        Trouble(key, f"The spool of {id_} is {share:.0%} full.", remedy)
        for id_, share in sorted(filled.items())
        if share > (SPOOL_EASED if (key := AlertKey(AlertKind.SPOOL, id_)) in open_ else SPOOL_FULL)
    ]


def disk(free: int, spare: int, open_: Collection[AlertKey]) -> list[Trouble]:
    """Little room, in bytes, before nothing more is taken in."""
    key = AlertKey(AlertKind.DISK, "")
    if free >= spare * (DISK_EASED if key in open_ else DISK_SHORT):
        return []
    told = f"{free / 1e9:.1f} GB are free; below {spare / 1e9:.1f} GB uploads are refused and no run begins."
    return [Trouble(key, told, "Make room, or keep images for a shorter time: recall retention --dry-run")]


def vault(security_keys: int | None) -> list[Trouble]:
    """A vault that one security key opens; None: there is no vault."""
    if security_keys is None or security_keys >= SECURITY_KEYS:
        return []
    counted = "One security key opens" if security_keys else "No security key opens"
    told = f"{counted} the vault; with it and the recovery code lost, so is what lies there."
    return [Trouble(AlertKey(AlertKind.VAULT, ""), told, "recall vault enrol, with a second key")]


def partitions(failed: Mapping[str, Sequence[str]]) -> list[Trouble]:
    """Assets with failed partitions, by their keys; an asset without partitions has none."""
    found = sorted(failed.items())
    return [Trouble(AlertKey(AlertKind.PARTITION, asset), *_of_asset(asset, keys)) for asset, keys in found]


def _of_asset(asset: str, keys: Sequence[str]) -> tuple[str, str]:
    why = f"/dagster/assets/{asset} says why"
    if not keys:
        return f"The last run of {asset} failed.", why
    counted = f"{len(keys)} partition{'' if len(keys) == 1 else 's'} of {asset} failed"
    day = keys[-1].partition("|")[0]
    again = f"recall backfill --stage {asset} --from {day} --to {day}"
    return f"{counted}, the newest {keys[-1]}.", f"{why}; each night tries again, at once: {again}"
