"""What a reader of pixels makes of a screen: the text of its window, misread, with title bar and panel around it.

    LED-4 Vat differs - Tracker          title bar, misread like the rest
    ~/src/orchard$ git status     ─►     ~/sre/orchard$ git stotus
                                         @ LED-4 Vat diff...  todo.txt - Pad   Mon 08:07     panel: windows open before

Titles and addresses of frames stay exact; a panel shows names of other purposes on every screen.
"""

from random import Random

from tests.days import Shown

LETTERS = {"c": "e", "e": "c", "l": "I", "i": "l", "o": "0", "u": "v", "a": "o", "g": "q", "n": "ri", "m": "rn",
           "t": "f", "s": "5", "h": "b", "L": "lL", "I": "l", "O": "0", "B": "8", "S": "5"}  # fmt: skip
MISREAD, DROPPED, MERGED = 0.05, 0.02, 0.02  # of words
HABIT = 0.3  # of words with a letter that this font makes hard to read
OPEN_WINDOWS = 4


class Reader:
    """Reads the screens of one day.

    Args:
        seed: of its mistakes; some letters it misreads again and again.
    """

    def __init__(self, seed: str) -> None:
        self._random = Random(f"reader {seed}")
        self._hard = set(self._random.sample(sorted(set(LETTERS) & set("celiagu")), 2))
        self._open: list[str] = []

    def read(self, window: Shown) -> Shown:
        """The window with the text that was read from the screen on which it is in front."""
        self._open = [*[title for title in self._open if title != window.title], window.title][-OPEN_WINDOWS - 1 :]
        pick = self._random
        panel = "  ".join(title if len(title) < 32 else title[:30] + "..." for title in sorted(self._open))
        screen = f"{window.title}  -  o  x\n{window.text}\n@ {panel}  Mon 04 May {pick.randint(8, 19):02}:07"
        return Shown(window.app, window.title, window.url, "\n".join(map(self._line, screen.split("\n"))))

    def _line(self, line: str) -> str:
        pick, read = self._random, ""
        for word in line.split(" "):
            if pick.random() < DROPPED:
                continue
            chance = HABIT if self._hard & set(word) else MISREAD
            read += (self._word(word) if pick.random() < chance else word) + ("" if pick.random() < MERGED else " ")
        return read.rstrip()

    def _word(self, word: str) -> str:
        pick = self._random
        places = [n for n, letter in enumerate(word) if letter in LETTERS]
        hard = [n for n in places if word[n] in self._hard]
        if not places:
            return word
        place = pick.choice(hard or places)
        return word[:place] + LETTERS[word[place]] + word[place + 1 :]
