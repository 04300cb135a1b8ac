"""A question against the index: which documents its filters leave, and where its words stand.

blocks of the days and machines ─► Corpus
words, filters ─► postings, in one statement ─┬─ app: url: -not "phrase" ─► allowed: a mask over the corpus
                                              └─ words, or what a misspelled one may be ─► sought
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from recall_assets.stages.search import Query
from recall_assets.stages.search.scoring import Corpus, Postings, Runs
from recall_assets.stages.search.words import terms_of
from recall_assets.store import search as rows

_GUESSES = 3  # words that a misspelled one may be
_LEAST_GUESSED = 4  # letters of a word that may be misspelled
_Mask = npt.NDArray[np.bool_]
_Held = Mapping[str, Postings]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the documents that may answer it, and the words that are sought, each with how much it counts."""

    query: Query
    corpus: Corpus
    days: Sequence[date | None]  # of the corpus's blocks
    deployments: Sequence[str | None]  # of the corpus's blocks
    allowed: _Mask
    block_ids: Sequence[int] | None  # none: all
    sought: Mapping[str, tuple[Postings, float]]


def ask(connection: Connection, query: Query) -> Asked:
    """The documents that pass the question's filters, and the postings of its words."""
    stored = rows.blocks(connection, query.days.first, query.days.last, query.deployments)
    corpus = Corpus.of(Runs(stored.ids, stored.documents, stored.runs))
    limited = query.days.first or query.days.last or query.deployments
    block_ids = stored.ids if limited else None
    terms = terms_of(query.words).union(*map(terms_of, query.excluded))
    filters = {name: values for name, values in (("app", query.apps), ("url", query.urls)) if values}
    held = _held(rows.postings(connection, terms, filters, block_ids))
    allowed = _allowed(corpus, query, held)
    for name in filters:
        allowed &= corpus.mask_at([one for term, one in held.items() if term.startswith(f"{name}:")])
    if query.projects:
        at = corpus.places(rows.of_projects(connection, query.projects))
        at = at[at >= 0]
        of_project = np.isin(corpus.activity, at)  # activities are their own
        of_project[at] = True  # memories are of none
        allowed &= of_project
    if query.hours:
        at = corpus.places(rows.within_hours(connection, query.hours.first, query.hours.last, stored.ids))
        during = np.zeros(corpus.documents, bool)
        during[at[at >= 0]] = True
        allowed &= during
    if query.asks.latest:
        allowed = _of_that(corpus, query, held, allowed)
    sought = _sought(connection, query, held, block_ids)
    return Asked(query, corpus, stored.days, stored.deployments, allowed, block_ids, sought)


def _allowed(corpus: Corpus, query: Query, held: _Held) -> _Mask:
    """What is of these kinds, has every word of the phrases, and not all of what is excluded."""
    allowed = corpus.mask([kind.lower() for kind in query.kinds])
    for phrase in query.phrases:
        allowed &= _with_all(corpus, terms_of(phrase), held)
    for excluded in query.excluded:
        allowed &= ~_with_all(corpus, terms_of(excluded), held)
    return allowed


def _of_that(corpus: Corpus, query: Query, held: _Held, allowed: _Mask) -> _Mask:
    """What holds every word, of activities of that label: the last time of that, not of something like it.

    Where that is nothing, the words alone; where they are nothing, what is allowed.
    """
    asks = query.asks
    own = _with_all(corpus, asks.telling - asks.labels, held) & allowed
    labelled = corpus.mask_at([held[term] for term in asks.labels & held.keys()]) & corpus.mask(["activity"])
    of_label = own & (labelled | (labelled[corpus.activity] & (corpus.activity >= 0))) if asks.labels else own
    return next(mask for mask in (of_label, own, allowed) if mask.any() or mask is allowed)


def _with_all(corpus: Corpus, terms: Collection[str], held: _Held) -> _Mask:
    masks = [corpus.mask_at([held[term]] if term in held else []) for term in terms]
    return np.asarray(np.logical_and.reduce([corpus.mask([]), *masks]), bool)


def _sought(
    connection: Connection, query: Query, held: _Held, block_ids: Sequence[int] | None
) -> dict[str, tuple[Postings, float]]:
    """The words with their postings; in place of one that stands nowhere, those that it may be meant for."""
    terms = terms_of(query.words)
    found = {term: (held[term], 1.0) for term in sorted(terms & held.keys())}
    guesses: dict[str, float] = {}
    for term in sorted(terms - held.keys()):
        if len(term) >= _LEAST_GUESSED and term.isalpha():
            guesses |= dict(rows.similar(connection, term, _GUESSES))
    more = guesses.keys() - found.keys()
    if more:
        guessed = _held(rows.postings(connection, more, {}, block_ids))
        found |= {term: (guessed[term], guesses[term]) for term in sorted(guessed)}
    return found


def _held(found: Sequence[rows.PostingsRow]) -> dict[str, Postings]:
    return {row.term: Postings(*row[1:]) for row in found}
