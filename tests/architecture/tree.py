"""The files of this checkout that git knows, by kind."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = ("recall_assets", "capture_agent", "migrations", "tests")


@cache
def files() -> tuple[Path, ...]:
    """Every file that is tracked, or new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file())


def modules() -> list[Path]:
    """Every Python module of the project's own."""
    return [path for path in files() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in CODE]


def documents() -> list[Path]:
    """Every Markdown document."""
    return [path for path in files() if path.suffix == ".md"]


def shown(path: Path) -> str:
    """The path as a reader of the checkout names it."""
    return path.relative_to(ROOT).as_posix()
