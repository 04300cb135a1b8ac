"""Words of a frame as one text in which a detector can look, and the way back from a span to its words.

    words   [Password] [hunter]   [Save]        one line: joined by a blank, by two over a wide gap
            [Forgot?]                           next line: joined by a line break
    text     Password hunter  Save\\nForgot?
    starts   0        9       17    22          offset of each word, so that a span finds its words by bisection

What is found in the text is judged elsewhere; nothing here knows what a secret is.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from recall_assets.records import Word

# A gap wider than this many line heights separates columns or fields, not words (a blank is about 0.3 high).
WIDE_GAP_IN_LINE_HEIGHTS = 1.2


@dataclass(frozen=True, slots=True)
class JoinedText:
    """The text of words in reading order; word `i` stands at text[starts[i]:ends[i]]."""

    text: str
    words: tuple[Word, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def words_of(self, start: int, end: int) -> range:
        """Indexes of the words that characters [start, end) touch."""
        first = bisect_right(self.ends, start)
        return range(first, max(first, bisect_left(self.starts, end)))

    def line_of(self, index: int) -> range:
        """Indexes of all words on the line of word `index`."""
        line, first, last = self.words[index].line, index, index + 1
        while first > 0 and self.words[first - 1].line == line:
            first -= 1
        while last < len(self.words) and self.words[last].line == line:
            last += 1
        return range(first, last)


def join_words(words: Sequence[Word]) -> JoinedText:
    """The words, which must be in reading order, joined on their lines and over lines."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for index, word in enumerate(words):
        if index:
            separator = _between(words[index - 1], word)
            pieces.append(separator)
            at += len(separator)
        pieces.append(word.text)
        starts.append(at)
        at += len(word.text)
        ends.append(at)
    return JoinedText("".join(pieces), tuple(words), tuple(starts), tuple(ends))


def _between(left: Word, right: Word) -> str:
    if left.line != right.line:
        return "\n"
    gap = right.box.x - (left.box.x + left.box.width)
    height = max(left.box.height, right.box.height, 1)
    return "  " if gap > WIDE_GAP_IN_LINE_HEIGHTS * height else " "
