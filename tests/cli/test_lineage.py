"""`recall lineage` shows the way from a sentence to frames and back, for eyes and for programs."""

import json
from typing import Any

import pytest

from tests import told_day as day
from tests.cli.conftest import Recall


@pytest.mark.usefixtures("told")
def test_the_tree_leads_from_a_sentence_to_a_frame_and_to_each_run(recall: Recall) -> None:
    ran = recall("lineage", str(day.ABOUT_BUG)[:8])
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert "A rounding bug took 20 minutes." in lines[0]
    order = ["made from", "activity", "sentence", "frame", "made of it", "day summary"]
    places = [next(n for n, line in enumerate(lines) if word in line and n > 1) for word in order]
    assert places == sorted(places)
    assert f"activities · 2026-03-02|laptop · run {str(day.RUN)[:8]} · code v1" in ran.out


@pytest.mark.usefixtures("told")
def test_json_nests_every_row_with_its_asset_partition_and_run(recall: Recall) -> None:
    sentence = json.loads(recall("lineage", str(day.ABOUT_BUG), "--json").out)
    (activity,) = sentence["made_from"]
    frame = activity["made_from"][0]["made_from"][0]
    assert (activity["id"], frame["id"]) == (str(day.BUG), str(day.FRAMES[0]))
    assert [made["asset"] for made in frame["assets"]] == ["ocr_text", "frames"]
    assert frame["assets"][0]["run_id"] == str(day.RUN)
    assert frame["assets"][0]["partition"] == "2026-03-02|laptop"
    assert sentence["made_of_it"][0]["id"] == str(day.COMBINED)


@pytest.mark.usefixtures("told")
def test_a_frame_leads_down_to_all_that_came_of_it(recall: Recall) -> None:
    def ids(rows: list[dict[str, Any]]) -> set[str]:
        return {row["id"] for row in rows}.union(*(ids(row["made_of_it"]) for row in rows))

    frame = json.loads(recall("lineage", str(day.FRAMES[0]), "--json").out)
    assert {str(day.BUG), str(day.ABOUT_BUG), str(day.COMBINED)} <= ids(frame["made_of_it"])


@pytest.mark.usefixtures("told")
def test_without_an_id_it_says_where_to_begin(recall: Recall) -> None:
    ran = recall("lineage")
    assert str(day.ABOUT_BUG)[:13] in ran.out
    assert "recall lineage" in ran.out
    assert [one["id"] for one in json.loads(recall("lineage", "--json").out)] == [
        str(day.ABOUT_BUG),
        str(day.ABOUT_LEDGER),
        str(day.ABOUT_CALL),
    ]


def test_an_unknown_id_is_a_message_and_exit_code_1(recall: Recall) -> None:
    ran = recall("lineage", "deadbeef")
    assert ran.code == 1
    assert ran.err.startswith("recall: Nothing has the id deadbeef.")
    assert "Traceback" not in ran.err
