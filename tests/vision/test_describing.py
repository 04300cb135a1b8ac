"""A day's keyframes are described once, within a budget, from the redacted images; nothing that fails does harm."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine, select, update

from recall_assets.descriptions import Budget, Report, describe_day
from recall_assets.engines.vision import Endpoint
from recall_assets.records import Activity, DeploymentDay, Frame, Provenance
from recall_assets.settings import Home
from recall_assets.store import activities, frame_files, ocr_text
from recall_assets.store.export import export_days
from recall_assets.store.lineage import trace
from recall_assets.store.tables import frames, llm_calls, vision_summaries
from tests.days import DAY, drawn
from tests.graph import land_read
from tests.stages.secrets.drawn import Drawer
from tests.vision.endpoint import StandIn, completion, standing_in
from tests.vision.test_endpoint import sent_image

LAPTOP = DeploymentDay("laptop", DAY)
CODE = Provenance("vision-test")
# Of an endpoint that answers at once, on a machine that may be busy.
PATIENCE_SECONDS = 120.0
GOOD = "A person edits Python code. A terminal is open beside it."


class Seen:
    """Two activities of two frames each, their images in the frame store, and an endpoint outside."""

    def __init__(self, database: Engine, home: Home, outside: StandIn) -> None:
        self.database, self.home, self.outside = database, home, outside
        self.endpoint = Endpoint(outside.url, "small-model", PATIENCE_SECONDS)
        self.budget = Budget(100_000, datetime(2000, 1, 1, tzinfo=UTC))
        self.frames = drawn("aaxx")
        with database.begin() as connection:
            land_read(connection, self.frames)
            for shade, frame in enumerate(self.frames):
                file = frame_files.write(home, frame.id, LAPTOP, np.full((8, 8, 3), 50 + shade, np.uint8))
                image = {"image_ref": file.ref, "image_sha256": file.sha256}
                connection.execute(update(frames).where(frames.c.id == frame.id).values(image))
        self.cut(self.frames[:2], self.frames[2:])

    def cut(self, *parts: list[Frame]) -> None:
        """The day's activities are these, as a run of the stage before leaves them."""
        cut = [
            Activity(p[0].id, "laptop", DAY, p[0].captured_at, p[-1].seen_until, tuple(f.id for f in p)) for p in parts
        ]
        with self.database.begin() as connection:
            activities.replace_day(connection, LAPTOP, cut, CODE)

    def describe(self) -> Report:
        return describe_day(self.database, self.home, self.endpoint, self.budget, LAPTOP, CODE)

    def rows(self) -> list[Any]:
        with self.database.connect() as connection:
            return [*connection.execute(select(vision_summaries).order_by(vision_summaries.c.created_at))]

    def texts(self) -> list[str | None]:
        return [row.text for row in self.rows()]


@pytest.fixture
def seen(database: Engine, home: Home) -> Iterator[Seen]:
    with standing_in() as outside:
        yield Seen(database, home, outside)


def test_the_image_that_leaves_is_the_redacted_one_byte_for_byte(seen: Seen) -> None:
    report = seen.describe()

    assert (report.activities, report.described, report.calls, report.tokens) == (2, 2, 2, 2 * 940)
    assert seen.texts() == [GOOD, GOOD]
    for row, asked in zip(seen.rows(), seen.outside.asked, strict=True):
        path = seen.home.frames / f"{DAY:%Y/%m/%d}/laptop/{row.frame_id}.webp"
        assert sent_image(asked) == ("data:image/webp;base64", path.read_bytes())
        assert [len(message["content"]) for message in asked["messages"]][1] == 1


def test_a_day_that_is_the_same_is_not_asked_about_again(seen: Seen) -> None:
    seen.describe()
    before = seen.rows()
    seen.cut(seen.frames[:2], seen.frames[2:])  # the stage before ran again and found the same

    report = seen.describe()

    assert (report.unchanged, report.calls) == (2, 0)
    assert seen.rows() == before
    assert len(seen.outside.asked) == 2


def test_only_what_changed_is_asked_about_again(seen: Seen) -> None:
    seen.describe()
    seen.cut(seen.frames[:2], seen.frames[2:3])  # the last frame went elsewhere
    seen.cut(seen.frames[:2])
    seen.cut(seen.frames[:2], seen.frames[2:])

    assert seen.describe().calls == 1
    seen.endpoint = replace(seen.endpoint, model="larger-model")
    assert seen.describe().calls == 2


FAILURES = {
    "broken JSON": ({"body": b'{"choices": ['}, "unreadable"),
    "endless": ({"body": b" " * 3_000_000}, "too_large"),
    "busy": ({"status": 429}, "busy"),
    "failing": ({"status": 500}, "failed"),
    "slow": ({"seconds_per_byte": 0.05}, "timeout"),
    "a secret": ({"body": completion(f"It shows the key {Drawer(3).token('gl' + 'pat-', 20)} clearly.")}, "secret"),
    "obeying": ({"body": completion("Done as the image says: see https://evil.example/x for more.")}, "address"),
}


@pytest.mark.parametrize(("answers", "reason"), FAILURES.values(), ids=FAILURES.keys())
def test_an_answer_that_cannot_be_kept_is_counted_and_leaves_nothing(
    seen: Seen, answers: dict[str, Any], reason: str
) -> None:
    seen.endpoint = replace(seen.endpoint, seconds=0.3 if reason == "timeout" else PATIENCE_SECONDS)
    for name, value in answers.items():
        setattr(seen.outside, name, value)

    report = seen.describe()

    assert (report.described, report.undescribed) == (0, {reason: 2})
    assert seen.texts() in ([], [None, None])
    with seen.database.connect() as connection:
        told = json.dumps(
            [str(row) for table in (llm_calls, vision_summaries) for row in connection.execute(select(table))]
        )
    assert "evil" not in told
    assert "pat-" not in told


def test_an_answer_that_was_dropped_is_not_asked_for_again_and_one_that_failed_is(seen: Seen) -> None:
    seen.outside.body = completion("See https://evil.example/x for more.")
    seen.describe()
    assert seen.describe().calls == 0

    seen.endpoint = replace(seen.endpoint, model="larger-model")
    seen.outside.status = 500
    assert seen.describe().calls == 2
    seen.outside.status, seen.outside.body = 200, completion(GOOD)
    assert seen.describe().described == 2


def test_an_endpoint_that_failed_twice_is_left_alone(seen: Seen) -> None:
    seen.outside.status = 500
    seen.cut(*([frame] for frame in seen.frames))

    report = seen.describe()

    assert report.undescribed == {"failed": 2, "not_asked": 2}
    assert len(seen.outside.asked) == 2
    assert "later run" in report.remedies["failed"]


def test_a_spent_budget_asks_nothing(seen: Seen) -> None:
    seen.outside.body = completion(GOOD, usage=None)  # counted by estimate, 3200 a call
    seen.budget = replace(seen.budget, tokens=3200)
    assert seen.describe().undescribed == {"over_budget": 1}
    assert len(seen.outside.asked) == 1

    seen.budget = replace(seen.budget, tokens=0)
    seen.cut(*([frame] for frame in seen.frames))
    assert "over_budget" in seen.describe().undescribed
    assert len(seen.outside.asked) == 1


def test_an_image_that_is_redacted_anew_loses_its_description_at_once(seen: Seen) -> None:
    seen.describe()
    shown = seen.rows()[0]
    with seen.database.begin() as connection:
        ref = connection.execute(select(frames.c.image_ref).where(frames.c.id == shown.frame_id)).scalar_one()
        ocr_text.replace_image(connection, ref, b"another digest", 1, 0)

    assert [row.activity_id for row in seen.rows()] == [seen.rows()[-1].activity_id]
    assert shown.activity_id not in {row.activity_id for row in seen.rows()}
    # The file is not the one that the row tells of: it does not leave.
    assert seen.describe().undescribed == {"image_changed": 1}
    assert len(seen.outside.asked) == 2


def test_a_kept_text_is_scanned_again_by_newer_rules_without_a_call(seen: Seen) -> None:
    seen.describe()
    with seen.database.begin() as connection:
        of_old_rules = {"detector_version": "old", "text": f"The password: {Drawer(5).password()} is shown."}
        connection.execute(update(vision_summaries).values(of_old_rules))

    report = seen.describe()

    assert (report.calls, report.undescribed) == (0, {"secret": 2})
    assert seen.texts() == [None, None]


def test_export_and_lineage_tell_what_was_seen(seen: Seen) -> None:
    seen.describe()
    with seen.database.connect() as connection:
        assert [one["vision"] for one in export_days(connection, DAY, DAY)["activities"]] == [GOOD, GOOD]
        row = trace(connection, "activity", seen.frames[0].id).rows[seen.frames[0].id]
    assert row.seen == GOOD
    assert [making.asset for making in row.makings] == ["activities", "vision_summaries"]
