"""Word error rate and cost of every installed speech engine on the sample's invented calls, in one run.

    sample/**/audio/*.wav ─► decode ─► listen, by each engine ─► words ─┐
    ground truth: transcript ───────────────────────────────────────────┴─► errors / words, CPU-s / s of sound

faster-whisper has the weights that the extra `speech` brings; openai-whisper, where it is installed, the same ones.
`RECALL_SPEECH_MODEL` names others for the engine that can read them.
"""

import json
import re
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

from recall_assets.engines.speech import SAMPLE_RATE, SpeechEngine
from recall_assets.engines.speech.choice import SpeechChoice, packaged_model
from recall_assets.engines.speech.listening import listen
from recall_assets.engines.speech.sound import decode
from recall_assets.settings import load_settings
from tests.fixtures.recordings import SAMPLE, unpack_ground_truth

_SMALL_NUMBERS = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen
"""
_SMALL = _SMALL_NUMBERS.split()
_TENS = ["", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "twelve": "twelfth",
    "eight": "eighth",
    "nine": "ninth",
}


def main() -> None:
    """Prints a line a call and engine, and one an engine."""
    with tempfile.TemporaryDirectory(prefix="recall-bench-") as folder:
        truth = unpack_ground_truth(Path(folder))
        for engine in _engines(Path(folder)):
            _measure(engine, truth)


def _engines(folder: Path) -> list[SpeechEngine]:
    named, packaged = load_settings().speech_model, packaged_model()
    choices = []
    if packaged is not None:
        choices.append(SpeechChoice("faster-whisper", packaged))
        if find_spec("whisper") is not None:
            from tests.system.whisper_checkpoint import write_checkpoint

            write_checkpoint(packaged, folder / "tiny.en.pt")
            choices.append(SpeechChoice("openai-whisper", folder / "tiny.en.pt"))
    if named is not None:
        choices.append(SpeechChoice("openai-whisper" if named.is_file() else "faster-whisper", named))
    return [choice.make() for choice in choices]


def _measure(engine: SpeechEngine, truth: Path) -> None:
    errors = words = 0
    cost = length = 0.0
    for calls in sorted(truth.glob("*/*/audio.jsonl")):
        for line in calls.read_text("utf-8").splitlines():
            call = json.loads(line)
            sound = decode((SAMPLE / calls.parent.relative_to(truth) / call["file"]).read_bytes(), max_seconds=600)
            began = time.process_time()
            heard = _words(" ".join(said.text for said in listen(engine, sound)))
            cost, length = cost + time.process_time() - began, length + len(sound) / SAMPLE_RATE
            wrong, count = _distance(_words(call["transcript"]), heard), len(_words(call["transcript"]))
            errors, words = errors + wrong, words + count
            print(f"{engine.name} {engine.model}: {call['id']} word error rate {wrong / count:.3f}", flush=True)
    told = f"word error rate {errors / words:.3f} over {words} words, {cost / length:.3f} CPU-s a second of sound"
    print(f"{engine.name} {engine.version} {engine.model}: {told}", flush=True)


def _words(text: str) -> list[str]:
    """Lower case, without punctuation; numbers as they are spelled, since both ways of writing them are right."""
    plain = re.sub(r"[^\w\s]", " ", text.lower().replace("'", "")).split()
    return " ".join(map(_spelled, plain)).split()


def _spelled(word: str) -> str:
    """`35`: thirty five; `412`: four twelve; `20th`: twentieth; any other word as it is."""
    found = re.fullmatch(r"(\d(?=\d\d))?(\d\d?)(st|nd|rd|th)?", word)
    if found is None:
        return word
    number = int(found[2])
    small = (
        _SMALL[number] if number < len(_SMALL) else f"{_TENS[number // 10]} {_SMALL[number % 10]}".removesuffix(" zero")
    )
    if found[3]:
        *before, last = small.split()
        small = " ".join([*before, _ORDINALS.get(last, re.sub("y$", "ie", last).removesuffix("t") + "th")])
    return f"{_SMALL[int(found[1])]} {small}" if found[1] else small


def _distance(wanted: list[str], heard: list[str]) -> int:
    """The fewest words that were put in, left out or put in the place of others. Source: Levenshtein (1966)."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(wanted, 1):
        before, row = row, [number]
        for place, other in enumerate(heard, 1):
            row.append(min(before[place] + 1, row[-1] + 1, before[place - 1] + (word != other)))
    return row[-1]


if __name__ == "__main__":
    main()
