"""Every module opens with what it is; how long modules and functions are is shown, as a guide."""

import ast
import re
import statistics
from collections.abc import Sequence

import pytest

from tests.architecture.tree import modules, shown

_WORDLESS = re.compile(r"(^|/)(utils?|helpers?|common|manager)\.py$")


def _p95(lengths: Sequence[int]) -> int:
    return sorted(lengths)[int(len(lengths) * 0.95)]


def test_every_module_opens_with_a_docstring() -> None:
    silent = [
        shown(path)
        for path in modules()
        if (source := path.read_text("utf-8")).strip() and ast.get_docstring(ast.parse(source)) is None
    ]
    assert silent == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [shown(path) for path in modules() if _WORDLESS.search(shown(path))] == []


def test_lengths_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    of_modules: list[int] = []
    of_functions: dict[str, int] = {}
    for path in modules():
        if shown(path).startswith("tests/"):
            continue
        source = path.read_text("utf-8")
        of_modules.append(source.count("\n"))
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                of_functions[f"{shown(path)}:{node.lineno} {node.name}"] = (node.end_lineno or 0) - node.lineno + 1
    lengths = list(of_functions.values())
    longest = sorted(of_functions, key=lambda name: -of_functions[name])[:3]
    with capsys.disabled():
        print(f"\nmodules: median {statistics.median(of_modules):.0f} lines (guide 150), p95 {_p95(of_modules)} (350)")
        print(f"functions: median {statistics.median(lengths):.0f} lines (guide 15), p95 {_p95(lengths)} (50)")
        print("longest: " + ", ".join(f"{name} {of_functions[name]}" for name in longest))
    assert of_modules
