"""Word error rate and cost of every installed speech engine on the sample's invented calls, and what became of them.

    sample/**/audio/*.wav ─► decode ─► listen, by each engine ─► words ─┐
    ground truth: transcript ───────────────────────────────────────────┴─► errors / words, CPU-s / s of sound
                  each sentence ─► search the materialised sample ─► the place of its transcript among all hits
                  each call ─────► its transcripts ─► the sentence of the day's summary that cites one

faster-whisper has the weights that the extra `speech` brings; openai-whisper, where it is installed, the same ones.
`RECALL_SPEECH_MODEL` names others for the engine that can read them. `KEEP=DIR` as of the benchmark `recording`.
"""

import json
import re
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import UUID

from recall_assets.engines.speech import SAMPLE_RATE, SpeechEngine
from recall_assets.engines.speech.choice import SpeechChoice, packaged_model
from recall_assets.engines.speech.listening import listen
from recall_assets.engines.speech.sound import decode
from recall_assets.records import DeploymentDay
from recall_assets.search import search
from recall_assets.settings import load_settings
from recall_assets.store import day_summaries, transcripts
from tests.benchmarks.materialised import MaterialisedSample, materialised_sample
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
    """Prints a line a call and engine, one an engine, then two a call: where it is found, and what cites it."""
    with tempfile.TemporaryDirectory(prefix="recall-bench-") as folder:
        truth = unpack_ground_truth(Path(folder))
        for engine in _engines(Path(folder)):
            _measure(engine, truth)
    with materialised_sample() as sample:
        for on, call in _calls(sample.truth):
            _find(sample, on, call)


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
    for on, call in _calls(truth):
        file = SAMPLE / on.deployment_id / on.day.isoformat() / call["file"]
        sound = decode(file.read_bytes(), max_seconds=600)
        began = time.process_time()
        heard = _words(" ".join(said.text for said in listen(engine, sound)))
        cost, length = cost + time.process_time() - began, length + len(sound) / SAMPLE_RATE
        wrong, count = _distance(_words(call["transcript"]), heard), len(_words(call["transcript"]))
        errors, words = errors + wrong, words + count
        print(f"{engine.name} {engine.model}: {call['id']} word error rate {wrong / count:.3f}", flush=True)
    told = f"word error rate {errors / words:.3f} over {words} words, {cost / length:.3f} CPU-s a second of sound"
    print(f"{engine.name} {engine.version} {engine.model}: {told}", flush=True)


def _calls(truth: Path) -> Iterator[tuple[DeploymentDay, dict[str, Any]]]:
    """The recorded calls, each with where it was heard."""
    for calls in sorted(truth.glob("*/*/audio.jsonl")):
        on = DeploymentDay(calls.parts[-3], date.fromisoformat(calls.parts[-2]))
        yield from ((on, json.loads(line)) for line in calls.read_text("utf-8").splitlines())


def _find(sample: MaterialisedSample, on: DeploymentDay, call: Mapping[str, Any]) -> None:
    start = datetime.fromisoformat(call["ts"])
    end = start + timedelta(seconds=call["duration_s"])
    said = [one.id for one in transcripts.read_day(sample.connection, on) if start <= one.started_at < end]
    places = [str(_place(sample, segment["text"], said) or "-") for segment in call["segments"]]
    print(f"{call['id']}: {len(said)} transcripts; what was said is found as hit {', '.join(places)}")
    for scope in (on, on.day):
        summary = day_summaries.read_day(sample.connection, scope)
        cites = [s.text for s in summary.sentences if {one.id for one in s.sources} & {*said}] if summary else []
        of = scope.partition_key if isinstance(scope, DeploymentDay) else scope
        print(f"{call['id']} cited in the summary of {of}: {cites[0] if cites else 'no'}", flush=True)


def _place(sample: MaterialisedSample, sentence: str, said: Sequence[UUID]) -> int | None:
    """The place, from 1, of the first transcript of the call among all that the search gives for a sentence of it."""
    hits = search(sample.connection, sentence, today=sample.days[-1])
    return next((number for number, hit in enumerate(hits, start=1) if hit.id in said), None)


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
