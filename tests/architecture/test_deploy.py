"""What lies in deploy/ names settings, commands, queues and classes that exist; none of it can be run here."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from dagster_shared.yaml_utils import load_yaml_from_path

from recall_assets.cli import COMMANDS
from recall_assets.cli.dagster_home import instance_text
from recall_assets.defs.queues import QUEUES, limits
from recall_assets.home import Home
from recall_assets.settings import Settings, load_settings
from tests.architecture.tree import ROOT

DEPLOY = ROOT / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
COMPOSE: Any = load_yaml_from_path(str(DEPLOY / "compose/compose.yaml"))
VALUES: Any = load_yaml_from_path(str(DEPLOY / "kubernetes/values.yaml"))
# Written by us for Dagster's own processes, and so no setting.
_OF_DAGSTER = {"RECALL_DAGSTER_DATABASE_URL"}


def _named(kind: str, name: str) -> dict[str, Any]:
    found = [one for one in VALUES["extraManifests"] if (one["kind"], one["metadata"]["name"]) == (kind, name)]
    assert len(found) == 1
    return dict(found[0])


def _commands() -> Iterator[list[str]]:
    own = (service for name, service in COMPOSE["services"].items() if name not in ("postgres", "redis"))
    yield from (service["command"] for service in own)
    for manifest in VALUES["extraManifests"]:
        pod = manifest["spec"].get("template", {}).get("spec", {})
        containers = [*pod.get("initContainers", []), *pod.get("containers", [])]
        yield from (container["args"] for container in containers if "args" in container)
    for unit in (DEPLOY / "systemd").iterdir():
        line = re.search(r"^ExecStart=\S+/recall (.*)$", unit.read_text(), re.MULTILINE)
        assert line
        yield line[1].split()


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_every_variable_is_a_setting(file: Path) -> None:
    variables = set(re.findall(r"\bRECALL_[A-Z_]+", file.read_text("utf-8"))) - _OF_DAGSTER
    known = {f"RECALL_{name.upper()}" for name in Settings.model_fields} | {"RECALL_HOME"}
    assert variables <= known


def test_every_command_exists_and_every_queue_has_a_worker() -> None:
    commands = [*_commands()]
    assert {command[0] for command in commands} <= {command.words for command in COMMANDS}
    queues = [command[command.index("--queue") + 1] for command in commands if command[0] == "worker"]
    assert sorted(queues) == sorted([*QUEUES, *QUEUES, "%i"])  # compose, Kubernetes, and systemd's instance name


def test_the_chart_is_told_the_launcher_and_the_limits_that_recall_renders(
    home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RECALL_CELERY_BROKER", "redis://localhost/0")
    monkeypatch.setenv("RECALL_CELERY_OCR_RUNS", "2")
    (tmp_path / "dagster.yaml").write_text(instance_text(load_settings()))
    rendered: Any = load_yaml_from_path(str(tmp_path / "dagster.yaml"))
    coordinator = VALUES["dagsterDaemon"]["runCoordinator"]["config"]["customRunCoordinator"]
    launcher = VALUES["runLauncher"]["config"]["customRunLauncher"]
    assert coordinator == rendered["run_coordinator"]
    assert {**launcher["config"], "config_source": rendered["run_launcher"]["config"]["config_source"]} == rendered[
        "run_launcher"
    ]["config"]
    assert coordinator["config"]["tag_concurrency_limits"] == limits(2, 1)
    assert _named("Deployment", "recall-worker-ocr")["spec"]["replicas"] == 2
    for told in (coordinator, launcher):
        assert hasattr(import_module(told["module"]), told["class"])


def test_nothing_but_recalls_server_reaches_the_dagster_ui_of_the_chart() -> None:
    policy, server = _named("NetworkPolicy", "dagster-behind-recall"), _named("Deployment", "recall-server")
    assert VALUES["dagsterWebserver"]["pathPrefix"] == "/dagster"
    allowed = policy["spec"]["ingress"][0]["from"][0]["podSelector"]["matchLabels"]
    assert allowed == server["spec"]["template"]["metadata"]["labels"]
    assert [name for name, service in COMPOSE["services"].items() if "ports" in service] == ["recall"]
