"""Every document is scored; a rare word, a word said often, and a neighbour that helps count for more."""

from datetime import UTC, datetime, timedelta
from uuid import uuid5

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recall_assets.records import RECALL_NAMESPACE, Document
from recall_assets.stages.search.blocks import Block, block_of
from recall_assets.stages.search.scoring import Corpus, Postings, Runs, best, score
from recall_assets.stages.search.words import tokens

START = datetime(2026, 3, 4, 9, tzinfo=UTC)


def document(text: str, kind: str = "frame", *, title: str = "", inside: bool = False, app: str = "") -> Document:
    span = START, START + timedelta(minutes=1)
    apps = (app,) if app else ()
    return Document(kind, uuid5(RECALL_NAMESPACE, text), *span, title, text, inside, apps)


def corpus_of(*blocks: Block) -> Corpus:
    ids = [10 * number for number in range(len(blocks))]
    return Corpus.of(Runs(ids, [block.documents for block in blocks], b"".join(block.runs for block in blocks)))


def postings_of(term: str, *blocks: Block) -> Postings:
    held = [(10 * n, block.postings[term]) for n, block in enumerate(blocks) if term in block.postings]
    return Postings([id_ for id_, _ in held], [len(one) // 4 for _, one in held], b"".join(one for _, one in held))


def ranked(asked: str, *blocks: Block) -> list[int]:
    terms = [token.term for token in tokens(asked)]
    found = best(score(corpus_of(*blocks), [(postings_of(term, *blocks), 1.0) for term in terms]), 100)
    return [int(place) for place in found]


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    block = block_of([document(f"meeting note {n}") for n in range(9)] + [document("xylophone note ten")])
    assert ranked("meeting xylophone", block)[0] == 9


@given(st.integers(0, 2), st.integers(1, 9))
def test_words_of_a_block_that_came_meanwhile_are_left_out_and_move_no_others(gone: int, documents: int) -> None:
    blocks = [block_of([document(f"meeting {name} {n}") for n in range(documents)]) for name in "abc"]
    ids = [10 * n for n in range(3) if n != gone]
    held = [block for n, block in enumerate(blocks) if n != gone]
    corpus = Corpus.of(Runs(ids, [block.documents for block in held], b"".join(block.runs for block in held)))
    places, weights = corpus.unpacked(postings_of(next(tokens("meeting")).term, *blocks))
    assert places.tolist() == [*range(2 * documents)]
    assert len(weights) == len(places)


def test_of_two_texts_the_shorter_that_says_it_as_often_is_first() -> None:
    block = block_of([document("total " + "filler " * 80), document("total filler")])
    assert ranked("total", block) == [1, 0]


def test_what_stands_beside_an_answer_lifts_it_within_its_activity_only() -> None:
    lifted, alone = document("total here", inside=True), document("total there", inside=True)
    block = block_of(
        [
            document("first", "activity", inside=True),
            alone,
            document("second", "activity", inside=True),
            document("cent cent", inside=True),
            lifted,
        ]
    )
    assert ranked("total cent", block).index(4) < ranked("total cent", block).index(1)


def test_an_activity_that_answers_lifts_what_was_seen_in_it() -> None:
    block = block_of(
        [
            document("the kitchen", "activity", inside=True),
            document("total", inside=True),
            document("the invoice", "activity", inside=True),
            document("total", inside=True),
        ]
    )
    assert ranked("invoice total", block)[:2] == [2, 3]


def test_blocks_are_numbered_through_and_told_apart_again() -> None:
    one, other = block_of([document("alpha"), document("beta")]), block_of([document("beta")])
    corpus = corpus_of(one, other)
    found = np.array(ranked("beta", one, other))
    assert corpus.rows(found) == [(0, 1), (10, 0)]
    assert corpus.places([(10, 0), (0, 1), (7, 0)]).tolist() == [2, 1, -1]


def test_kinds_and_filters_are_masks_over_all_documents() -> None:
    block = block_of([document("a", "activity", inside=True), document("b", app="firefox"), document("c", "day")])
    corpus = corpus_of(block)
    assert corpus.mask(["day", "frame"]).tolist() == [False, True, True]
    assert corpus.mask([]).all()
    assert corpus.mask_at([postings_of("app:firefox", block)]).tolist() == [False, True, False]


TEXTS = st.lists(st.lists(st.sampled_from(["total", "cent", "note", "filler"]), max_size=8).map(" ".join), max_size=12)


@given(TEXTS, st.integers(0, 12))
def test_what_holds_a_word_is_found_wherever_blocks_are_cut_and_nothing_else_is(texts: list[str], cut: int) -> None:
    blocks = [block_of([document(text) for text in part]) for part in (texts[:cut], texts[cut:]) if part]
    found = ranked("total", *blocks) if any("total" in block.postings for block in blocks) else []
    assert sorted(found) == [place for place, text in enumerate(texts) if "total" in text]
