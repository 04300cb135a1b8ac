"""Frames with their text: what was on a screen, without its image.

    frames ─┬─ ocr_text         one or several texts a frame; an older generation has it in the frame
            └─ window_context   the focused window's app, title and URL, where the frame does not say
        ─► frames + ocr_text    state from what is there: with text it was read, without it never had an image

What the old status codes say is not asked. Pictures are not in the database: `recall import images` brings a folder.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from recall_assets.importers.drafts import IMPORTED, Draft, Dropped, Outcome
from recall_assets.importers.legacy.context import Context, text_of
from recall_assets.records import Status
from recall_assets.stages.ocr_text import pack_layout
from recall_assets.stages.secrets import DETECTOR_VERSION
from recall_assets.store.foreign import Row
from recall_assets.store.frames import NO_IMAGE

ORDER = ("captured_at", "timestamp", "id")
Belonging = Callable[[str, Sequence[object]], Iterable[Row]]


def translate(rows: Sequence[Row], belonging: Belonging, context: Context) -> Iterator[list[Outcome]]:
    """What each frame of a batch becomes, with its texts and windows.

    Args:
        rows: in time order.
        belonging: the rows of a table whose frame is one of those.
    """
    ids = [row["id"] for row in rows]
    texts, windows = _by_frame(belonging("ocr_text", ids)), _by_frame(belonging("window_context", ids))
    for row in rows:
        legacy_id = str(row["id"])
        context.joined.update({"ocr_text": len(texts[legacy_id]), "window_context": len(windows[legacy_id])})
        yield [*_frame(row, texts[legacy_id], windows[legacy_id], context)]


def _by_frame(rows: Iterable[Row]) -> defaultdict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[str(row["frame_id"])].append(row)
    return found


def _frame(row: Row, texts: Sequence[Row], windows: Sequence[Row], context: Context) -> Iterator[Outcome]:
    deployment_id = context.deployment(row)
    at = context.when(row, "captured_at", "timestamp", "created_at")
    if deployment_id is None:
        yield Dropped("left out by the map")
        return
    if at is None:
        yield Dropped("no time")
        return
    window: Row = next((one for one in windows if one.get("is_focused")), windows[0] if windows else {})
    app = text_of(row, "app_name") or text_of(window, "app_name", "process_name")
    title = text_of(row, "window_title", "window_name") or text_of(window, "window_title")
    url = text_of(row, "url", "browser_url") or text_of(window, "url")
    said = [part for one in texts if (part := text_of(one, "text"))] or [text_of(row, "ocr_text") or ""]
    text = "\n".join(dict.fromkeys(said))
    if context.is_forgotten(deployment_id, at, app=app, url=url, texts=[title, text]):
        yield Dropped("forgotten by your order")
        return
    key = context.key("frames", row["id"])
    if str(row["id"]) in context.asked_frames:
        context.frame_owners[str(row["id"])] = deployment_id
    context.frames.setdefault(deployment_id, []).append((at, key))
    day, offset = context.local(at, deployment_id)
    values = {
        "id": key,
        "deployment_id": deployment_id,
        "captured_at": at,
        "seen_until": at,
        "utc_offset": offset,
        "day": day,
        "monitor": _monitor(row),
        "app_name": app,
        "window_title": title,
        "url": url,
        "trigger": "import",
        "imported_id": str(row["id"]),
        "ocr_status": int(Status.DONE if text else Status.SKIPPED),
        "error": None if text else NO_IMAGE,
        "imported_from": context.import_id,
    }
    read = (("ocr_text", _text(key, text, texts)),) if text else ()
    yield Draft("frames", key, deployment_id, values, read)
    if seen := text_of(row, "vision_summary"):
        body = {"frame": str(key), "vision_summary": seen}
        yield archived(context, "frames.vision_summary", row["id"], body, deployment_id)


def _text(key: object, text: str, rows: Sequence[Row]) -> Mapping[str, Any]:
    confidences = [float(row["confidence"]) for row in rows if row.get("confidence") is not None]
    return {
        "frame_id": key,
        "text": text,
        "new_text": "",  # what was not there before is known when the frames before it are stored
        "layout": pack_layout((), width=0, height=0),
        "confidence": sum(confidences) / len(confidences) if confidences else None,
        "engine": IMPORTED,
        "language": next((found for row in rows if (found := text_of(row, "language"))), "und"),
        "detector_version": DETECTOR_VERSION,
        "code_version": IMPORTED,
        "code_version_read": IMPORTED,
    }


def _monitor(row: Row) -> int:
    said = str(row.get("monitor") or row.get("monitor_id") or "0")
    return int(said) if said.isdecimal() and int(said) < 256 else 0


def archived(
    context: Context, kind: str, legacy_id: object, body: Mapping[str, Any], deployment_id: str | None
) -> Draft:
    """A row for the record alone."""
    key = context.key(f"archive/{kind}", legacy_id)
    values = {"id": key, "import_id": context.import_id, "kind": kind, "legacy_id": str(legacy_id), "body": dict(body)}
    return Draft("legacy_archive", key, deployment_id, values)
