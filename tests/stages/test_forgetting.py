"""One rule says what an order covers: of what is here, and of what arrives years later."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recall_assets.errors import InputError
from recall_assets.records import ForgetRule
from recall_assets.stages.forgetting import Judge, Seen, sought, words_of

KEY = bytes(range(32))
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
WORDS = st.lists(st.sampled_from(["offer", "Offer", "offers", "mail", "Quill", "12", "ß", "İ", "café"]), max_size=6)
BETWEEN = st.sampled_from([" ", "\n", "/", " - ", "…", "_", ".", "://"])
MOMENTS = st.integers(-5, 5).map(lambda minutes: NOON + timedelta(minutes=minutes))


@st.composite
def texts(draw: st.DrawFn) -> str:
    return draw(BETWEEN).join(draw(WORDS))


@st.composite
def seens(draw: st.DrawFn) -> Seen:
    start, end = sorted((draw(MOMENTS), draw(MOMENTS)))
    return Seen(
        draw(st.sampled_from(["laptop", "desktop"])), start, end, [draw(texts())], [None], [draw(texts()), None]
    )


@st.composite
def rules(draw: st.DrawFn) -> ForgetRule:
    parts = [draw(st.none() | texts().filter(words_of)) for _ in range(3)]
    words = [None if part is None else sought(part, KEY) for part in parts]
    machine = draw(st.sampled_from([None, "laptop", "desktop"]))
    return ForgetRule(1, machine, draw(st.none() | MOMENTS), draw(st.none() | MOMENTS), *words)


def covers(rule: ForgetRule, seen: Seen) -> bool:
    return Judge([rule], KEY).rule_for(seen) is rule


@given(st.lists(rules(), max_size=3), seens())
def test_a_judge_finds_what_one_of_its_rules_covers_and_nothing_else(found: list[ForgetRule], seen: Seen) -> None:
    judged = Judge(found, KEY).rule_for(seen)
    assert judged is next((rule for rule in found if covers(rule, seen)), None)


@given(rules(), seens())
def test_a_rule_covers_what_each_of_its_conditions_covers(rule: ForgetRule, seen: Seen) -> None:
    bare = ForgetRule(1)
    alone = [
        replace(bare, deployment_id=rule.deployment_id),
        replace(bare, from_at=rule.from_at),
        replace(bare, to_at=rule.to_at),
        replace(bare, app=rule.app),
        replace(bare, url=rule.url),
        replace(bare, text=rule.text),
    ]
    assert covers(rule, seen) == all(covers(each, seen) for each in alone)
    assert covers(bare, seen)


@given(texts(), WORDS.filter(bool), texts(), BETWEEN, BETWEEN)
def test_words_in_a_row_are_found_wherever_they_stand_and_however_they_are_joined(
    before: str, words: list[str], after: str, joint: str, other: str
) -> None:
    rule = ForgetRule(1, text=sought(" ".join(words), KEY))
    said = other.join(word.swapcase() if word.isascii() else word for word in words)
    assert covers(rule, Seen(None, NOON, NOON, texts=[f"{before}{joint}{said}{joint}{after}"]))


@given(texts(), st.sampled_from(["offers", "mail", "Quill"]))
def test_a_text_without_one_of_the_words_is_not_meant(text: str, word: str) -> None:
    assert covers(ForgetRule(1, text=sought(word, KEY)), Seen(None, NOON, NOON, texts=[text])) == (
        word.lower() in words_of(text)
    )


@pytest.mark.parametrize(
    ("minutes", "forgotten"), [((-9, -1), False), ((-9, 0), True), ((3, 3), True), ((9, 12), True), ((10, 12), False)]
)
def test_what_was_seen_within_the_time_is_meant_its_end_left_out(minutes: tuple[int, int], forgotten: bool) -> None:
    start, end = (NOON + timedelta(minutes=minute) for minute in minutes)
    rule = ForgetRule(1, "laptop", NOON, NOON + timedelta(minutes=10))
    assert covers(rule, Seen("laptop", start, end)) == forgotten
    assert not covers(rule, Seen("desktop", start, end))


def test_an_address_is_meant_with_all_below_it() -> None:
    rule = ForgetRule(1, url=sought("mail.example/inbox", KEY))
    assert covers(rule, Seen(None, NOON, NOON, urls=["https://mail.example/inbox/77?q=1"]))
    assert not covers(rule, Seen(None, NOON, NOON, urls=["https://mail.example/outbox", None]))
    assert not covers(rule, Seen(None, NOON, NOON, texts=["https://mail.example/inbox"]))


def test_words_leave_digests_that_another_key_does_not_make() -> None:
    kept = sought("Quarterly offer", KEY)
    assert kept == sought("quarterly  OFFER", KEY)
    assert not {*kept} & {*sought("quarterly offer", bytes(32))}
    assert b"offer" not in b"".join(kept)
    with pytest.raises(InputError):
        sought("… !", KEY)
