"""What each leg of the search brings, and how they should be weighed: known passages of generated days, asked for.

    invented people's days ─► documents ─► words, vectors of the real model
    a passage ─► questions: its rare words │ other forms of them │ a letter wrong │ what they mean, no word in common
    each weight ─► share of questions whose first five hits lie in the passage's activity

    python -m tests.benchmarks.fusion

No person, project or program of the sample is in them; one word list of meanings was written for the purpose.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

import numpy as np

from recall_assets.engines.embedding import Vectors
from recall_assets.engines.embedding.minilm import MiniLm
from recall_assets.records import Activity, Document
from recall_assets.stages.search.blocks import block_of, embedded_text
from recall_assets.stages.search.documents import documents_of_day
from recall_assets.stages.search.fusion import Answer, folded, fused, spread
from recall_assets.stages.search.scoring import Corpus, Postings, Runs, best, score
from recall_assets.stages.search.words import tokens
from tests.generated_days import GeneratedDay
from tests.store.stored_days import id_of

SEEDS, DAYS, ASKED = (11, 12, 13), 4, 40
SHARES = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
FIRST_HITS = 5
MEANINGS = dict(
    line.split(": ")
    for line in """
anchor: what holds a ship in place
apricot: small orange fruit
badger: striped burrowing animal
barley: grain for beer
blanket: warm bedding cover
bottle: glass container for liquids
bridge: crossing over a river
butter: dairy spread for bread
cabin: small wooden house
camel: desert animal with humps
candle: wax light with a wick
carpet: rug on the floor
castle: medieval fortress
cellar: room below the house
cherry: small red fruit
chimney: smoke outlet of the roof
coffee: hot caffeinated drink
coral: reef building sea creature
cotton: soft plant fibre for cloth
dolphin: clever sea mammal
donkey: stubborn pack animal
eagle: large bird of prey
ferry: boat that carries passengers
forest: woods with many trees
fountain: water jet in a square
fox: red animal with a bushy tail
garlic: pungent kitchen bulb
glacier: slowly moving ice mass
guitar: six stringed instrument
hammer: tool for driving nails
harvest: gathering of crops
helmet: protective headgear
honey: sweet made by bees
island: land surrounded by water
jacket: short coat
kettle: vessel for boiling water
ladder: climbing rungs
lemon: sour yellow fruit
lobster: shellfish with claws
mosque: muslim house of prayer
needle: thin tool for sewing
ocean: vast salt water
onion: vegetable that makes you cry
oven: appliance for baking
oyster: shellfish with pearls
panther: black big cat
piano: instrument with keys
pigeon: city bird
pillar: supporting column
pumpkin: halloween squash
python: large snake
rabbit: animal with long ears
rocket: vehicle for space
saddle: seat on a horse
salmon: pink fish
scissors: cutting tool with two blades
silk: cloth from worms
statue: sculpture of a person
temple: place of worship
thunder: noise of a storm
tulip: dutch spring flower
tunnel: underground passage
turbine: spinning power generator
violin: bowed string instrument
volcano: mountain that erupts lava
walnut: brain shaped nut
whistle: shrill blowing device
windmill: building with sails that grinds
""".strip().splitlines()
)


@dataclass(frozen=True, slots=True)
class Days:
    """One person's documents, their words and their vectors."""

    documents: Sequence[Document]
    corpus: Corpus
    postings: dict[str, bytes]
    vectors: Vectors
    likeness: Sequence[int]
    hashes: Sequence[bytes]


def main() -> None:
    """Prints a line a weight: the share of each sort of question, and of all."""
    model = MiniLm()
    found: dict[float, dict[str, list[bool]]] = {share: {sort: [] for sort in SORTS} for share in SHARES}
    for seed in SEEDS:
        days = _indexed(seed, model)
        for sort, place, question in _questions(days, Random(seed)):
            text, cosines = _legs(days, question, model)
            for share in SHARES:
                found[share][sort].append(_answered(days, fused(text, cosines, share), place))
    print(f"questions: {', '.join(f'{len(found[1.0][sort])} {sort}' for sort in SORTS)}")
    for share, sorts in found.items():
        all_ = [one for answers in sorts.values() for one in answers]
        told = ", ".join(f"{sort} {np.mean(answers):.2f}" for sort, answers in sorts.items())
        print(f"text counts {share}: {told}; all {np.mean(all_):.2f}")


def _indexed(seed: int, model: MiniLm) -> Days:
    documents: list[Document] = []
    for number in range(DAYS):
        day = GeneratedDay(seed, number)
        activities = [
            Activity(id_of(f"{seed}/{number}/{at}"), day.deployment, day.day, one.start, one.end, (), title=one.kind)
            for at, one in enumerate(day.purposes)
        ]
        frames = []
        for frame in day.frames:
            own = next((one.id for one in activities if one.start_at <= frame.captured_at < one.end_at), None)
            frames.append(replace(frame, activity_id=own))
        documents += documents_of_day(frames, activities, [], None, [])
    block = block_of(documents)
    corpus = Corpus.of(Runs([0], [len(documents)], block.runs))
    vectors = model.embed([embedded_text(one) for one in documents])
    return Days(documents, corpus, dict(block.postings), np.asarray(vectors), block.likeness, block.hashes)


def _questions(days: Days, pick: Random) -> Iterator[tuple[str, int, str]]:
    """Each sort of question about passages drawn by chance, with the passage's place."""
    places = [place for place, one in enumerate(days.documents) if one.kind == "frame" and one.in_activity]
    for sort, asked in SORTS.items():
        made = 0
        for place in pick.sample(places, len(places)):
            question = asked(days, place, pick)
            if question is not None:
                yield sort, place, question
                made += 1
            if made == ASKED:
                break


def _rare(days: Days, place: int, pick: Random) -> list[str]:
    """Two of the passage's five rarest words, as they are written."""
    text = days.documents[place].text
    held = {token.term: text[token.start : token.end] for token in tokens(text) if token.end - token.start > 3}
    rarest = sorted(held, key=lambda term: len(days.postings.get(term, b"")))[:5]
    return [held[term] for term in pick.sample(rarest, min(2, len(rarest)))]


def _words(days: Days, place: int, pick: Random) -> str | None:
    return " ".join(_rare(days, place, pick)) or None


def _forms(days: Days, place: int, pick: Random) -> str | None:
    plain = [word for word in _rare(days, place, pick) if word.isalpha()]
    return f"what about the {' and '.join(f'{word}s' for word in plain)}?" if plain else None


def _misspelled(days: Days, place: int, pick: Random) -> str | None:
    plain = [word for word in _rare(days, place, pick) if word.isalpha() and len(word) > 5]
    if not plain:
        return None
    at = pick.randrange(1, len(plain[0]) - 1)
    return " ".join([plain[0][:at] + plain[0][at + 1 :], *plain[1:]])


def _meant(days: Days, place: int, pick: Random) -> str | None:
    said = {token.term for token in tokens(days.documents[place].text)}
    meant = sorted(meaning for word, meaning in MEANINGS.items() if word in said)
    return " and ".join(pick.sample(meant, min(2, len(meant)))) or None


SORTS: dict[str, Callable[[Days, int, Random], str | None]] = {
    "words": _words,
    "forms": _forms,
    "misspelled": _misspelled,
    "meaning": _meant,
}


def _legs(days: Days, question: str, model: MiniLm) -> tuple[dict[int, float], dict[int, float]]:
    """Both legs' answers, as `search.ranking` takes them; no word is guessed for a misspelled one here."""
    asked = [
        (Postings([0], [len(packed) // 4], packed), 1.0)
        for term in sorted({token.term for token in tokens(question)})
        if (packed := days.postings.get(term))
    ]
    scores = score(days.corpus, asked)
    cosines = days.vectors @ model.embed([question])[0]
    chosen = {*best(scores, 200).tolist(), *np.argsort(-cosines)[:50].tolist()}
    text = {place: float(scores[place]) for place in chosen if scores[place] > 0}
    return text, {place: float(cosines[place]) for place in chosen}


def _answered(days: Days, scores: dict[int, float], place: int) -> bool:
    answers = [
        Answer(
            (0, at),
            scores[at],
            days.documents[at].kind,
            days.documents[at].start_at,
            days.documents[at].end_at,
            days.hashes[at],
            days.likeness[at],
            int(days.corpus.activity[at]),
            days.documents[at].title,
        )
        for at in sorted(scores, key=lambda at: -scores[at])[:250]
    ]
    first = spread(folded(answers))[:FIRST_HITS]
    wanted = days.documents[place]
    within = days.corpus.activity
    return any(
        within[answer.place[1]] == within[place]
        # What says the same elsewhere and was folded with it answers as well.
        or (answer.text_hash == days.hashes[place] and answer.start_at <= wanted.start_at <= answer.end_at)
        for answer in first
    )


if __name__ == "__main__":
    main()
