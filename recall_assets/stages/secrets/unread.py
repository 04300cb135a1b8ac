"""Finds what looks like a value beside a password's label, where no word was read or none that can be trusted.

    Password:   ▒▒▒▒▒▒▒▒   [Show]         right of the label, up to the next word that was read well
    Passphrase                            a label alone in its cell: below it, too
    ▒▒▒▒▒▒▒▒▒▒▒▒

What was not read is in no text, and would stay in the image. A stretch counts if it is as high as letters are and
longer than six of them, which dots, icons, borders and photos are not. Only beside such a label: elsewhere pictures
would be full of holes.
"""

import re
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from recall_assets.records import Box, Finding
from recall_assets.stages.secrets import vocabulary as say
from recall_assets.stages.secrets.joined import WIDE_GAP_IN_LINE_HEIGHTS, JoinedText

Pixels = npt.NDArray[np.uint8]

UNREAD_KIND, UNREAD_RULE = "password", "pixels/unread-beside-label"
# Below this an engine guesses: of drawn words that it read right, few had less.
TRUSTED = 0.5
# As far as the box of a password reaches.
REACH_IN_HEIGHTS = 16
BELOW_IN_HEIGHTS = 2.6
SHORTEST_IN_HEIGHTS = 2.5
LETTER_HEIGHT = (0.5, 1.6)
# Letters of one value are closer than this; a button beside the field is further.
GAP_IN_HEIGHTS = 0.8
EDGE = 32
EDGES_IN_RUN = 0.2  # of its columns
_LABEL = re.compile(rf"(?i)(?:[\w'’.-]+[ ]){{0,3}}?(?:{say.PASSWORDS})(?:[ ]?\([^)]*\))?[ ]?[*]?(?P<sign>[ ]?[:：=])?")
_NO_FIELD = re.compile(r"(?i)forgot|vergessen|oublié|olvid|esquec|dimentic|reset|change|ändern|show|hide|save|\?$")


def unread_beside_labels(pixels: Pixels, joined: JoinedText, findings: Sequence[Finding]) -> list[Box]:
    """The boxes of what looks like a value beside a label and was not read, in pixels of the image uint8[h, w, 3].

    Args:
        findings: what was found in the joined text; a label with one behind or below it needs no guess.
    """
    found = {index for finding in findings for index in joined.words_of(finding.start, finding.end)}
    boxes: list[Box] = []
    for first, last, alone in _labels(joined):
        label = Box.around(word.box for word in joined.words[first:last])
        zones = [_right_of(label)] if not alone else [_right_of(label), _below(label)]
        if not any(joined.words[index].box.touches(zone) for index in found for zone in zones):
            boxes += [box for zone in zones for box in _stretches(pixels, joined, zone, label.height)]
    return boxes


def _labels(joined: JoinedText) -> Iterator[tuple[int, int, bool]]:
    """Words [first, last) that are a label, and whether nothing stands behind it in its cell."""
    first = 0
    while first < len(joined.words):
        last = first + 1
        while last < len(joined.words) and _same_cell(joined, last):
            last += 1
        text = joined.text[joined.starts[first] : joined.ends[last - 1]]
        match = _LABEL.match(text)
        if match and not _NO_FIELD.search(text):
            end = joined.words_of(joined.starts[first], joined.starts[first] + match.end()).stop
            if match["sign"] or match.end() == len(text):
                yield first, end, end == last
        first = last


def _same_cell(joined: JoinedText, index: int) -> bool:
    left, right = joined.words[index - 1], joined.words[index]
    gap = right.box.x - (left.box.x + left.box.width)
    return left.line == right.line and gap <= WIDE_GAP_IN_LINE_HEIGHTS * max(left.box.height, right.box.height, 1)


def _right_of(label: Box) -> Box:
    height = label.height
    margin = round(0.45 * height)  # more than a letter is high, so that what goes on above or below shows
    left = label.x + label.width + round(0.3 * height)
    return Box(left, label.y - margin, REACH_IN_HEIGHTS * height, height + 2 * margin)


def _below(label: Box) -> Box:
    height = label.height
    top = label.y + round(1.3 * height)
    return Box(label.x - height, top, REACH_IN_HEIGHTS * height, round(BELOW_IN_HEIGHTS * height))


def _stretches(pixels: Pixels, joined: JoinedText, zone: Box, height: int) -> Iterator[Box]:
    """What looks like letters in a zone and lies under no word that was read well."""
    left, top = max(0, zone.x), max(0, zone.y)
    part = pixels[top : max(top, zone.y + zone.height), left : max(left, zone.x + zone.width)].mean(axis=2)
    if not part.size:
        return
    edges = np.zeros(part.shape, bool)
    edges[:, 1:] = np.abs(np.diff(part, axis=1)) > EDGE
    for word in joined.words:
        if word.confidence >= TRUSTED and word.box.touches(zone):
            x, y = word.box.x - left, word.box.y - top
            edges[max(0, y - 3) : max(0, y + word.box.height + 3), max(0, x - 3) : max(0, x + word.box.width + 3)] = (
                False
            )
    edges[:, edges.sum(axis=0) > LETTER_HEIGHT[1] * height] = False  # borders of fields
    columns = np.flatnonzero(edges.any(axis=0))
    for run in np.split(columns, np.flatnonzero(np.diff(columns) > GAP_IN_HEIGHTS * height) + 1):
        if not run.size or run[-1] - run[0] < SHORTEST_IN_HEIGHTS * height:
            continue
        rows = np.flatnonzero(edges[:, run[0] : run[-1] + 1].any(axis=1))
        tall = (rows[-1] - rows[0] + 1) / max(1, height)
        if LETTER_HEIGHT[0] <= tall <= LETTER_HEIGHT[1] and run.size > EDGES_IN_RUN * (run[-1] - run[0]):
            yield Box(left + int(run[0]), top + int(rows[0]), int(run[-1] - run[0]) + 1, int(rows[-1] - rows[0]) + 1)
