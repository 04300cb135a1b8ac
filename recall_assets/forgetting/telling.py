"""What an order would take, in words for a reader.

Chosen ─► "184 frames, 3.1 MB of images", "Slack 64, Firefox 12", "2 activities with nothing left"
"""

from datetime import tzinfo

from recall_assets.store.forgetting.counting import Chosen

_TABLES = {
    "frames": "frame",
    "audio_segments": "stretch of sound",
    "messages": "message of chats",
    "memories": "memory",
    "legacy_archive": "archived row",
    "activities": "imported activity",
}


def lines_of(chosen: Chosen, zone: tzinfo | None) -> list[str]:
    """What would go, for a reader in that zone: a line each."""
    lines = []
    for table, number in sorted(chosen.items.items(), key=lambda item: [*_TABLES].index(item[0])):
        size = f", {chosen.image_bytes / 1e6:.1f} MB of images" if table == "frames" else ""
        lines.append(f"{_counted(number, _TABLES[table])}{size}")
    if chosen.first and chosen.last:
        first, last = chosen.first.astimezone(zone), chosen.last.astimezone(zone)
        lines.append(f"captured from {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}")
    lines += [
        ", ".join(f"{name} {number:,}" for name, number in of.items())
        for of in (chosen.machines, chosen.programs)
        if of
    ]
    if chosen.gone:
        lines.append(f"{_counted(chosen.gone, 'activity')} with nothing left")
    if chosen.projects:
        lines.append(f"{_counted(len(chosen.projects), 'project')} with nothing left: {', '.join(chosen.projects)}")
    if chosen.secrets:
        lines.append(f"{_counted(chosen.secrets, 'secret')} of the vault")
    if chosen.changed or chosen.days:
        again = f"{_counted(chosen.changed, 'activity')} and what tells of " if chosen.changed else "what tells of "
        lines.append(f"made again from what is left: {again}{_counted(len({one.day for one in chosen.days}), 'day')}")
    return lines


def _counted(number: int, word: str) -> str:
    if number == 1:
        return f"1 {word}"
    first, _, rest = word.partition(" of ")
    plural = f"{first}es" if first.endswith("ch") else f"{first}s"
    if first.endswith("y") and first[-2] not in "aeiou":
        plural = f"{first[:-1]}ies"
    return f"{number:,} {plural}{f' of {rest}' if rest else ''}"
