"""Forgetting by order: what it would take, and how it goes, so that a kill at any moment leaves it unfinished.

look     choose ─► count ─► roll back
forget   1  order, rules, items           committed: from here on nothing of it comes in
         2  what is being read meanwhile  waited for, chosen too
         3  images and envelopes          deleted, a partition at a time
         4  rows                          deleted; days that keep something are journalled, and made again
         5  bytes                         PostgreSQL's files written anew (`store.erasure`), dumps deleted

killed after 1: `go_on` does 3 and 4 again from the items; what is gone already is no error
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine

from recall_assets.records import DeploymentDay, ForgetCriteria, ForgetRule
from recall_assets.remembering import count_core
from recall_assets.sealer import bury
from recall_assets.settings import Home
from recall_assets.stages.forgetting import Judge, Seen, sought, words_of
from recall_assets.stages.ocr_text import new_lines, seen_lines
from recall_assets.stages.projects.naming import UNTITLED, name_of
from recall_assets.store import edits, erasure, frame_files, landing, memories, ocr_text, projects
from recall_assets.store.forgetting import choosing, counting, deleting, following, proving, rules, wording
from recall_assets.store.forgetting.counting import Chosen

Progress = Callable[[str, int, int], None]
_REASON = "forgotten by order"
EVERY = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Forgot:
    """What an order took: rows by table, and Dagster's keys of what is to be made again from what is left."""

    order_id: int | None  # None: all of it was forgotten before
    rows: Mapping[str, int]
    stale: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """All orders, newest first; rows by order and table that are left of them; how many texts were judged again."""

    orders: tuple[rules.ForgetOrder, ...]
    left: Mapping[int, Mapping[str, set[UUID]]]
    looked: int


def look(engine: Engine, home: Home, criteria: ForgetCriteria) -> Chosen:
    """What the order would take; nothing is changed."""
    key = rules.digest_key(home, make=True)
    with engine.connect() as connection, connection.begin() as transaction:
        order_id = _open(connection, criteria, key)
        judge = Judge(_rules(connection, order_id), key)
        _choose(connection, order_id, criteria, judge)
        found = counting.counted(connection, order_id, deleting.lost(connection, order_id))
        days = _touch(connection, order_id, criteria, judge)
        transaction.rollback()
    return replace(found, days=tuple(days))


def forget(
    engine: Engine, home: Home, criteria: ForgetCriteria, progress: Progress = lambda _what, _done, _total: None
) -> Forgot:
    """Takes what the criteria cover, here and wherever it may still arrive from; its bytes go by `erase`.

    Args:
        progress: called with what is being done, how much of it is done, and how much there is.
    """
    key = rules.digest_key(home, make=True)
    progress("choosing", 0, 1)
    with engine.begin() as connection:
        landing.hold_landing(connection)  # a batch that is being taken in ends first: it knows no rule of this order
        edits.hold(connection)
        order_id = _open(connection, criteria, key)
        judge = Judge(_rules(connection, order_id), key)
        _choose(connection, order_id, criteria, judge)
        days = _touch(connection, order_id, criteria, judge)
        reading = deleting.being_read(connection, criteria)
        known = not days and not deleting.has_items(connection, order_id)
        if known and rules.extend(connection, judge.rules):
            rules.drop_order(connection, order_id)
            return Forgot(None, {})
    for place, partition in enumerate(reading):
        progress("waiting for what is being read", place, len(reading))
        with ocr_text.hold_partition(engine, partition):
            pass
    if reading:
        with engine.begin() as connection:
            _choose(connection, order_id, criteria, judge)
            _touch(connection, order_id, criteria, judge)
    return _carry_out(engine, home, order_id, judge, progress)


def left(engine: Engine, home: Home, *, limit: int) -> Proof:
    """What is here of all that was forgotten; there should be nothing.

    Args:
        limit: texts of each kind that are judged again, the newest; ids and times are looked for everywhere.
    """
    with engine.connect() as connection:
        known = rules.orders(connection)
        if not known:
            return Proof((), {}, 0)
        # What belonged to a project is known by its ids alone: none is left to belong to.
        of_projects = {one.id for one in known if "project" in one.conditions}
        every = [rule for rule in rules.all_rules(connection) if rule.order_id not in of_projects]
        judge = Judge([rule for rule in every if rule.needs_content], rules.digest_key(home))
        found = proving.by_id(connection)
        worded, looked = proving.by_words(connection, judge.rules, partial(_order, judge), limit=limit)
        for more in (proving.by_time(connection, every), worded):
            for order_id, of in more.items():
                for target, ids in of.items():
                    found.setdefault(order_id, {}).setdefault(target, set()).update(ids)
    return Proof(tuple(known), {order_id: dict(of) for order_id, of in found.items()}, looked)


def go_on(engine: Engine, home: Home, progress: Progress = lambda _what, _done, _total: None) -> list[Forgot]:
    """Finishes orders that were interrupted, and takes what is left of others."""
    proof = left(engine, home, limit=EVERY)
    with engine.begin() as connection:
        for order_id, of in proof.left.items():
            for target, ids in of.items():
                rules.remember(connection, order_id, target, ids)
            days = proving.days_of(connection, of)
            before = rules.order(connection, order_id).partitions
            rules.touch(connection, order_id, [*{*before, *(one.partition_key for one in days)}])
    due = {*proof.left, *(one.id for one in proof.orders if one.finished_at is None)}
    done = []
    for order_id in sorted(due):
        with engine.connect() as connection:
            judge = Judge(_rules(connection, order_id), rules.digest_key(home))
        done.append(_carry_out(engine, home, order_id, judge, progress))
    return done


def erase(engine: Engine, home: Home, progress: Progress = lambda _what, _done, _total: None) -> bool:
    """Takes the bytes of what was forgotten out of the database's files; whether server and log could follow.

    Dumps that were made before migrations hold it too, and go.

    Args:
        progress: called with what is being written, how much of it is done, and how much there is.
    """
    whole = erasure.erase(engine, progress)
    for dump in home.dumps.glob("*.dump"):
        dump.unlink(missing_ok=True)
    with engine.begin() as connection:
        rules.mark_erased(connection)
    return whole


def forgotten_of(connection: Connection, home: Home, deployment_id: str) -> Judge:
    """What the owner ordered to be forgotten of a deployment, whenever and from wherever it arrives.

    Raises:
        SettingsError: the key of its words is gone.
    """
    found = rules.of_deployment(connection, deployment_id)
    needs_key = any(rule.needs_content for rule in found)
    return Judge(found, rules.digest_key(home) if needs_key else b"")


def _open(connection: Connection, criteria: ForgetCriteria, key: bytes) -> int:
    """A new order with the rules that late arrivals will be judged by."""
    said = {
        "from": criteria.from_at,
        "machine": criteria.deployment_ids,
        "app": criteria.app,
        "url": criteria.url,
        "project": criteria.project_id,
        "text": criteria.text,
    }
    order_id = rules.open_order(connection, [name for name, value in said.items() if value])
    app, url, text = (None if words is None else sought(words, key) for words in criteria.words)
    rule = ForgetRule(order_id, None, criteria.from_at, criteria.to_at, app, url, text)
    if criteria.project_id is None:
        machines = criteria.deployment_ids or (None,)
        rules.add(connection, [replace(rule, deployment_id=one) for one in machines])
        return order_id
    # What belongs to a project is known of what was read alone: late ones belong to it within its stretches.
    stretches = []
    for spell in choosing.project_spells(connection, criteria.project_id):
        start = max(spell.start, criteria.from_at or spell.start)
        end = min(spell.end + timedelta(microseconds=1), criteria.to_at)
        if start < end and spell.deployment_id in (criteria.deployment_ids or (spell.deployment_id,)):
            stretches.append(replace(rule, deployment_id=spell.deployment_id, from_at=start, to_at=end))
    rules.add(connection, stretches)
    return order_id


def _rules(connection: Connection, order_id: int) -> list[ForgetRule]:
    return [rule for rule in rules.all_rules(connection) if rule.order_id == order_id]


def _choose(connection: Connection, order_id: int, criteria: ForgetCriteria, judge: Judge) -> None:
    """Makes items of what is covered."""
    choosing.choose_frames(connection, order_id, criteria, lambda row: judge.rule_for(_frame(row)) is not None)
    for choose in (choosing.choose_sound, choosing.choose_others):
        choose(connection, order_id, criteria, lambda row: judge.rule_for(_said(row)) is not None)


def _touch(connection: Connection, order_id: int, criteria: ForgetCriteria, judge: Judge) -> list[DeploymentDay]:
    """Takes the words out of names and titles; the days of machines that the order touches."""
    days = {*deleting.touched(connection, order_id)}
    if criteria.text is not None and not criteria.is_of_screens and criteria.project_id is None:
        holds = partial(_holds, judge)
        days |= wording.empty_activities(connection, criteria, holds)
        days |= wording.delete_summaries(connection, criteria, holds)
        memories.settle(connection, wording.delete_memories(connection, criteria, holds))
        wording.empty_names(connection, criteria, holds, UNTITLED)
    before = rules.order(connection, order_id).partitions
    rules.touch(connection, order_id, [*{*before, *(one.partition_key for one in days)}])
    return sorted(days)


def _order(judge: Judge, target: str, row: Any) -> int | None:
    """The order that covers a row of that table."""
    rule = judge.rule_for(_frame(row) if target == "frames" else _said(row))
    return None if rule is None else rule.order_id


def _frame(row: Any) -> Seen:
    windows = row.windows or []
    apps = [row.app_name, *(one["app"] for one in windows)]
    urls = [row.url, *(one.get("url") for one in windows)]
    texts = [row.window_title, row.text, *apps, *urls, *(one["title"] for one in windows)]
    return Seen(row.deployment_id, row.start, row.end, apps, urls, texts)


def _said(row: Any) -> Seen:
    return Seen(row.deployment_id, row.start, row.end, texts=[row.text])


def _holds(judge: Judge, *texts: str | None) -> bool:
    return any(judge.says(text) for text in texts if text)


def _carry_out(engine: Engine, home: Home, order_id: int, judge: Judge, progress: Progress) -> Forgot:
    with engine.connect() as connection:
        order = rules.order(connection, order_id)
        files = deleting.files(connection, order_id)
    days = [DeploymentDay.from_partition_key(key) for key in order.partitions]
    for place, day in enumerate(days):
        progress("deleting images", place, len(days))
        with ocr_text.hold_partition(engine, day):  # a run that reads this day writes its images first, then rows
            frame_files.delete_all(home, files.images.get(day, ()))
            landing.delete_envelopes(home, files.envelopes.get(day, ()))
    progress("deleting rows", 0, 1)
    with engine.begin() as connection:
        edits.hold(connection)
        counts, stale = _delete(connection, order_id, days, judge)
        told = f"Forgot what was captured on {len({one.day for one in days})} days"
        edits.add(connection, "forget", told, uuid4(), stale, {})
        rules.finish(connection, order_id, counts)
        erasure.order(connection)
    progress("deleting rows", 1, 1)
    return Forgot(order_id, counts, tuple(stale))


def _delete(
    connection: Connection, order_id: int, days: list[DeploymentDay], judge: Judge
) -> tuple[dict[str, int], list[str]]:
    """The rows that went, by table, and the partitions that are to be made again."""
    lost = deleting.lost(connection, order_id)
    dates: set[date] = {one.day for one in days}
    deleting.unask(connection, lost, days)
    deleting.delete_index(connection, days)
    counts = {"secrets": bury(connection, deleting.secret_ids(connection, order_id), _REASON)}
    counts["memories of days"], topics = deleting.delete_memories(connection, order_id, dates)
    counts["day_summaries"] = deleting.delete_summaries(connection, days)
    deleting.delete_sentences(connection, order_id, lost)
    fresh = _fresh_lines(connection, order_id)
    counts |= deleting.delete_items(connection, order_id)
    following.write_new_lines(connection, fresh)
    counts["activities"] = counts.get("activities", 0) + deleting.empty_activities(connection, lost)
    gone = deleting.delete_empty_projects(connection, lost.projects)
    counts["projects"] = len(gone)
    kept = [one for one in lost.projects if one not in {*gone}]
    projects.describe_again(connection, kept, partial(_name, judge))
    about: set[UUID] = {*lost.activities, *gone}
    counts["edits"] = deleting.delete_edits(connection, about, partial(_holds, judge))
    memories.settle(connection, topics)
    count_core(connection, edits.BY_OWNER)
    return {name: number for name, number in counts.items() if number}, deleting.to_make_again(connection, days)


def _fresh_lines(connection: Connection, order_id: int) -> dict[UUID, str]:
    """Frames on which other lines are new when the order's are gone: a line is new where its window first shows it."""
    fresh: dict[UUID, str] = {}
    for ids, texts, before in following.later_texts(connection, order_id):
        seen: set[str] = set()
        for id_, text, lines in zip(ids, texts, before, strict=True):
            if (now := new_lines(text, seen)) != lines:
                fresh[id_] = now
            seen |= seen_lines(text)
    return fresh


def _name(judge: Judge, name: str, terms: Mapping[str, float]) -> str:
    """The name, where what is left of its project says it; else what the next run is to name."""
    left = {word for term in terms for word in words_of(term)}
    if name != UNTITLED and {*words_of(name)} <= left and not judge.says(name):
        return name
    found = name_of({term: weight for term, weight in terms.items() if not judge.says(term)})
    return UNTITLED if judge.says(found) else found
