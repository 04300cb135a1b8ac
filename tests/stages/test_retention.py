"""Which images stay: by age, by activity, by budget; nothing thins out to less than it must."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from recall_assets.records import DeploymentDay, KeptImage, Retention
from recall_assets.stages.retention import Keep, by_age, keyframes, next_to_thin, to_let_go

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
TODAY = date(2026, 3, 4)
IMAGES = st.lists(
    st.builds(
        KeptImage,
        ref=st.sampled_from([f"image {number}" for number in range(12)]),  # frames that look the same share one
        bytes=st.just(1000),
        captured_at=st.integers(0, 300).map(lambda minute: NOON + timedelta(minutes=minute)),
        stood=st.integers(0, 60).map(lambda seconds: timedelta(seconds=seconds)),
        activity_id=st.none() | st.integers(0, 4).map(lambda number: UUID(int=number)),
        described=st.booleans(),
        cited=st.booleans(),
    ),
    max_size=40,
)
DAYS = st.one_of(st.none(), st.integers(0, 400).map(timedelta))


@given(IMAGES)
def test_every_activity_that_had_an_image_has_one_afterwards_and_no_two_for_one_reason(images: list[KeptImage]) -> None:
    kept = keyframes(images)
    had = {one.activity_id for one in images} - {None}
    assert had == {one.activity_id for one in images if one.ref in kept} - {None}
    hours = {one.captured_at.hour for one in images if one.activity_id is None}
    assert len(kept) <= len(had) + len(hours)
    assert to_let_go(images, Keep.KEYFRAMES).keys() == {one.ref for one in images} - kept


@given(IMAGES)
def test_a_thinned_day_thins_out_no_further(images: list[KeptImage]) -> None:
    left = [one for one in images if one.ref not in to_let_go(images, Keep.KEYFRAMES)]
    assert to_let_go(left, Keep.KEYFRAMES) == {}


@given(DAYS, DAYS, st.integers(0, 1000), st.integers(0, 1000))
def test_an_older_day_keeps_no_more_than_a_younger_one(
    images: timedelta | None, key: timedelta | None, age: int, more: int
) -> None:
    rule = Retention(images, key)
    younger, older = (by_age(TODAY - timedelta(days), TODAY, rule) for days in (age, age + more))
    assert older <= younger
    assert by_age(TODAY, TODAY, rule) is Keep.EVERY


def test_what_a_model_described_stays_before_what_a_sentence_cites_before_what_stood_longest() -> None:
    one = UUID(int=1)
    stood, cited, described = (
        KeptImage("stood", 1, NOON, timedelta(minutes=9), one),
        KeptImage("cited", 1, NOON, timedelta(minutes=2), one, cited=True),
        KeptImage("described", 1, NOON, timedelta(minutes=1), one, described=True),
    )
    assert keyframes([stood, cited, described]) == {"described"}
    assert keyframes([stood, cited]) == {"cited"}


def test_a_budget_takes_the_oldest_days_first_and_never_the_last_two() -> None:
    days = [DeploymentDay(name, TODAY - timedelta(age)) for age in (0, 1, 2, 9) for name in ("laptop", "desktop")]
    order = list(next_to_thin(days, TODAY))
    assert [(one.day.day, one.deployment_id, keep.name) for one, keep in order[:3]] == [
        (23, "desktop", "KEYFRAMES"),
        (23, "laptop", "KEYFRAMES"),
        (2, "desktop", "KEYFRAMES"),
    ]
    assert {keep for _, keep in order[4:]} == {Keep.NONE}
    assert {one.day for one, _ in order} == {TODAY - timedelta(2), TODAY - timedelta(9)}
