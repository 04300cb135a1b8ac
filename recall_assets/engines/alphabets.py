"""Which characters a language is written with, as far as PP-OCR's recogniser knows them.

    eng  deu  fra ...     ASCII, Latin-1
    pol  ces  tur ...     and Latin Extended-A
    ell                   and Greek
    chi_sim  jpn ...      and Chinese characters, kana

Naming the languages keeps a recogniser of many scripts from seeing 十 in a plus. Codes are tesseract's (ISO 639-2).
"""

from collections.abc import Callable, Iterable

from recall_assets.errors import EngineError

# Signs that screens show beside letters of every language.
_SIGNS = frozenset("€•…–—‘’“”„←↑→↓✓×")


def _western(sign: str) -> bool:
    return " " <= sign <= "~" or "\xa1" <= sign <= "\xff" or sign in "œŒ" or sign in _SIGNS


def _central(sign: str) -> bool:
    return _western(sign) or "\u0100" <= sign <= "\u017f" or sign in "ȘșȚț"


def _greek(sign: str) -> bool:
    return _western(sign) or "\u0370" <= sign <= "\u03ff"


def _chinese(sign: str) -> bool:
    wide = "\u3000" <= sign <= "\u303f" or "\uff00" <= sign <= "\uffef"
    return _western(sign) or wide or "\u4e00" <= sign <= "\u9fff" or "\u3400" <= sign <= "\u4dbf"


def _japanese(sign: str) -> bool:
    return _chinese(sign) or "\u3040" <= sign <= "\u30ff"


_WESTERN = (
    *("afr", "cat", "dan", "deu", "eng", "eus", "fin", "fra", "glg", "gle", "ind", "isl", "ita", "lat", "ltz"),
    *("msa", "nld", "nor", "oci", "por", "spa", "sqi", "swa", "swe"),
)
_CENTRAL = ("bos", "ces", "cym", "epo", "est", "hrv", "hun", "lav", "lit", "mlt", "pol", "ron", "slk", "slv", "tur")
_LANGUAGES: dict[str, Callable[[str], bool]] = {
    **dict.fromkeys(_WESTERN, _western),
    **dict.fromkeys(_CENTRAL, _central),
    "ell": _greek,
    "chi_sim": _chinese,
    "chi_tra": _chinese,
    "jpn": _japanese,
}


def alphabet(languages: str) -> Callable[[str], bool]:
    """Whether a character belongs to one of the languages, given as `eng` or `eng+deu`.

    Raises:
        EngineError: a language is not among those that the recogniser reads.
    """
    named = languages.split("+")
    unknown = [name for name in named if name not in _LANGUAGES]
    if unknown:
        raise EngineError(
            f"The reading engine has no characters for the language {', '.join(unknown)}.",
            f"Set ocr_languages to some of {_listed(_LANGUAGES)}, or ocr_engine to pytesseract.",
        )
    rules = [_LANGUAGES[name] for name in named]
    return lambda sign: any(rule(sign) for rule in rules)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
