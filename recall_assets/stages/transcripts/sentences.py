"""Utterances put together to sentences, since an engine breaks off where its window or a breath does.

heard      I will change it to round half | on the total, that is issue 12. |   … Great. Can you …
sentences  [I will change it to round half on the total, that is issue 12.]     [Great. Can you …]
"""

import re
from collections.abc import Sequence

from recall_assets.records import Utterance

# A speaker who begins anew after that long says something new, whatever the engine put at the end.
PAUSE_SECONDS = 1.0
LONGEST_SECONDS = 30.0
_ENDED = re.compile(r"[.!?…。！？][\"'”’)]*$")


def whole_sentences(utterances: Sequence[Utterance]) -> list[Utterance]:
    """The utterances, each joined with what went on from it; confidence is the mean by time."""
    whole: list[Utterance] = []
    for said in utterances:
        if whole and _goes_on(whole[-1], said):
            whole[-1] = _together(whole[-1], said)
        else:
            whole.append(said)
    return whole


def speaker_of(source: str) -> str | None:
    """Who is heard in sound of this source: the owner's microphone, the machine's own sound, or both in one."""
    return {"microphone": "me", "system": "others"}.get(source)


def _goes_on(earlier: Utterance, later: Utterance) -> bool:
    return (
        not _ENDED.search(earlier.text)
        and later.start - earlier.end <= PAUSE_SECONDS
        and later.end - earlier.start <= LONGEST_SECONDS
        and earlier.language == later.language
    )


def _together(earlier: Utterance, later: Utterance) -> Utterance:
    first, second = max(earlier.end - earlier.start, 0.01), max(later.end - later.start, 0.01)
    confidence = (first * earlier.confidence + second * later.confidence) / (first + second)
    return Utterance(earlier.start, later.end, f"{earlier.text} {later.text}", confidence, earlier.language)
