"""What is installed is pinned, hashed, without an index address, in step with pyproject.toml, and explained."""

import re
import tomllib
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.tree import ROOT, files, shown

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
# Which requirement file holds which extras, beside what every machine needs.
SETS = {
    "agent": ["agent"],
    "agent-audio": ["agent", "agent-audio"],
    "server": ["server"],
    "celery": ["server", "celery"],
    "dev": ["agent", "agent-audio", "server", "celery", "dev"],
    "system-test": ["system-test"],
}
OWNERS_CHOICE = {
    *("dagster", "dagster-postgres", "sqlalchemy", "polars", "psycopg"),
    *("mss", "pytesseract", "openai-whisper", "fido2", "cryptography"),
}
_REGISTRY = re.compile(r"https?://[\w.-]*(pypi|pythonhosted|npmjs|registry)[\w.-]*", re.IGNORECASE)
_INDEX_OPTION = re.compile(r"^\s*(--(extra-)?index-url|--find-links|-i|-f)\b|\b(extra-)?index-url\s*=", re.MULTILINE)


def _direct(extras: list[str]) -> list[Requirement]:
    named = PROJECT["dependencies"] + [one for extra in extras for one in EXTRAS[extra]]
    return [Requirement(one) for one in named]


def _pins(name: str) -> dict[str, set[str]]:
    """Versions by package; more than one where they depend on the Python version."""
    pins: dict[str, set[str]] = {}
    for package, version in re.findall(r"^([\w.\[\]-]+)==(\S+)", (ROOT / f"requirements/{name}.txt").read_text(), re.M):
        pins.setdefault(canonicalize_name(package.partition("[")[0]), set()).add(version)
    return pins


@pytest.mark.parametrize("name", [*SETS, "uv"])
def test_every_pin_has_a_hash(name: str) -> None:
    text = (ROOT / f"requirements/{name}.txt").read_text()
    entries = re.split(r"^(?=[a-z])", text, flags=re.MULTILINE)[1:]
    assert entries
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("name", SETS)
def test_every_direct_dependency_is_pinned_within_its_range(name: str) -> None:
    pins = _pins(name)
    for direct in _direct(SETS[name]):
        versions = pins.get(canonicalize_name(direct.name))
        assert versions, f"{direct} is not in requirements/{name}.txt: make lock"
        assert all(direct.specifier.contains(version) for version in versions), f"{direct}: make lock"


def test_all_sets_agree_on_versions() -> None:
    everything = _pins("dev")
    for name in ("agent", "agent-audio", "server", "celery", "system-test"):
        assert {package: pin for package, pin in _pins(name).items() if everything.get(package, pin) != pin} == {}


@pytest.mark.parametrize("name", [*SETS, "uv"])
def test_torch_is_in_no_set(name: str) -> None:
    assert not {"torch", "openai-whisper", "triton"} & _pins(name).keys()


def test_what_the_owner_named_is_there() -> None:
    named = {canonicalize_name(Requirement(one).name) for one in [*PROJECT["dependencies"], *chain(*EXTRAS.values())]}
    assert named >= OWNERS_CHOICE


def test_every_direct_dependency_is_explained() -> None:
    explained = (ROOT / "docs/dependencies.md").read_text("utf-8")
    direct = {requirement.name for requirement in _direct([*EXTRAS])}
    assert sorted(name for name in direct if f"`{name}`" not in explained) == []


def _names_a_registry(path: Path) -> bool:
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        return False  # an image or an archive
    return bool(_REGISTRY.search(text) or (path.suffix in {".txt", ".toml", ".lock"} and _INDEX_OPTION.search(text)))


def test_no_file_names_a_registry() -> None:
    assert [shown(path) for path in files() if _names_a_registry(path)] == []
    assert not (ROOT / "uv.lock").exists()
