"""What a question is after beyond the words in it.

    what did I do / was I working on ...          doing: without another word, what happened then
    when did I last talk to Jonas                 latest: of what answers well, the newest first
    how long did I work on ledgerly               how_long: the time of that project, before all else
    ... talk to, spoke with, bought ...           sought as meeting, chat, shopping too: so activities are labelled

English, as days are. Whatever is not asked in such a way is words.
"""

import re
from dataclasses import dataclass

from recall_assets.stages.search.words import STOPWORDS, terms_of

_LATEST = re.compile(
    r"^\W*(?:when (?:did|was|have|had|were) (?:i|we) (?:last|most recently)"
    r"|(?:when was )?(?:the |my )?last (?:time|thing)(?: that)?(?: (?:i|we)\b)?"
    r"|when was (?:the|my) last)\b",
    re.IGNORECASE,
)
_HOW_LONG = re.compile(r"\bhow (?:long|much time|many hours) (?:did|do|have|had|was|were) (?:i|we)\b", re.IGNORECASE)
_DOING_WORDS = """
    do did done doing work works worked working spend spent spending happen happened happening went going go get got
    accomplish accomplished achieve achieved busy active look looked looking see saw seen read reading
"""
_DOING = re.compile(rf"\b(?:{'|'.join(_DOING_WORDS.split())})\b", re.IGNORECASE)
_OVERVIEW_WORDS = """
    day days time hours all everything anything something thing things stuff activity activities summary summarise
    summarize recap overview report tell show list give please about up
"""
_DONE, _OVERVIEW = terms_of(_DOING_WORDS), terms_of(_OVERVIEW_WORDS)
_WORD = re.compile(r"\w+")
_TALKED = re.compile(
    r"\b(?:talk(?:ed|ing)?|speak(?:ing)?|spoke(?:n)?|chat(?:ted|ting)?|met|meet(?:ing)?|call(?:ed)?) (?:to|with)\b",
    re.IGNORECASE,
)
_BOUGHT = re.compile(r"\b(?:buy|bought|buying|purchased?|ordered)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asks:
    """What is asked for, and the words that are left to seek."""

    words: str
    doing: bool = False
    latest: bool = False
    how_long: bool = False

    telling: frozenset[str] = frozenset()  # terms of the words that tell what is sought; none: what happened then
    labels: frozenset[str] = frozenset()  # those of them that are not the question's own


def asks_of(text: str) -> Asks:
    """What `text` asks for; its days have left it."""
    latest, how_long = bool(_LATEST.search(text)), bool(_HOW_LONG.search(text))
    words = _HOW_LONG.sub("", _LATEST.sub("", text))
    labels = ["meeting chat"] * bool(_TALKED.search(words)) + ["shopping"] * bool(_BOUGHT.search(words))
    words = " ".join([*_TALKED.sub("", words).split(), *labels])
    is_question = any(word.lower() in STOPWORDS for word in _WORD.findall(text))  # `go` alone is a language
    doing = latest or how_long or (is_question and bool(_DOING.search(text)))
    telling = terms_of(words) - _OVERVIEW - (_DONE if doing else frozenset())
    return Asks(words, doing, latest, how_long, telling, terms_of(" ".join(labels)))
