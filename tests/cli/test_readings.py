"""What reads a machine's screens is chosen for it alone, and refused where it cannot read."""

import json

import pytest
from sqlalchemy import Engine, update

from recall_assets.records import ReadingChoice
from recall_assets.settings import Settings
from recall_assets.store.reading import choose
from recall_assets.store.tables import frames
from tests.cli.conftest import Recall

pytestmark = pytest.mark.usefixtures("told")


def test_a_choice_holds_for_its_machine_and_is_shown(recall: Recall, database: Engine) -> None:
    with database.begin() as connection:  # days without images cannot be read again
        connection.execute(update(frames).values(image_ref="somewhere.webp"))
    said = recall("deployments", "reading", "laptop", "--engine", "tesserocr")
    assert "laptop is read by tesserocr, languages eng." in said.out
    assert "recall backfill --stage ocr_text --deployment laptop --from" in said.out
    assert "laptop: read by tesserocr, eng" in recall("deployments", "list").out
    listed = {each["id"]: each["reading"]["engine"] for each in json.loads(recall("deployments", "list", "--json").out)}
    assert listed == {"laptop": "tesserocr", "desktop": "cascade"}
    assert "by cascade" in recall("deployments", "reading", "laptop", "--as-settings").out
    assert "read by" not in recall("deployments", "list").out


@pytest.mark.parametrize(
    ("option", "value", "problem"), [("--languages", "eng+tlh", "language tlh"), ("--engine", "easyocr", "easyocr")]
)
def test_what_cannot_read_is_refused_and_changes_nothing(recall: Recall, option: str, value: str, problem: str) -> None:
    refused = recall("deployments", "reading", "laptop", option, value)
    assert refused.code == 1
    assert problem in refused.err
    assert json.loads(recall("deployments", "reading", "laptop", "--json").out)["languages"] == "eng"


def test_a_choice_that_cannot_be_met_any_more_is_told_by_doctor(
    recall: Recall, database: Engine, settings: Settings
) -> None:
    assert settings.home.run.exists()
    with database.begin() as connection:
        choose(connection, "laptop", ReadingChoice("cascade", "tlh"))
    checks = [check for check in json.loads(recall("doctor", "--json").out) if check["name"] == "engine"]
    assert [check["state"] for check in checks] == ["ok", "wrong"]
    assert checks[1]["remedy"].startswith("recall deployments reading laptop")
