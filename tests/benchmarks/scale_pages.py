"""The pages of the Dagster UI in a real Chromium, each with the GraphQL that it asks: ours, and of stock assets.

webserver of a graph ─► page ─► every query answered and none asked for a second ─► settled
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from recall_assets.engines.ports import free_port
from recall_assets.settings import Home

if TYPE_CHECKING:  # `make test-system` installs it
    from playwright.sync_api import Page

GRAPHS = {"": "recall_assets.definitions", ", stock": "tests.benchmarks.scale_stock"}
PAGES = {
    "graph": "/asset-groups",
    "partitions of ocr_text": "/assets/ocr_text?view=partitions",
    "partitions of projects": "/assets/projects?view=partitions",
    "events of ocr_text": "/assets/ocr_text?view=events",
    "automation": "/automation",
    "runs": "/runs",
}
_START_SECONDS, _PAGE_SECONDS, _QUIET_SECONDS = 300, 120, 1.5


def pages(home: Home, stack: ExitStack) -> Iterator[str]:
    """A line a page, of our graph and of the stock one."""
    from playwright.sync_api import sync_playwright

    playwright = stack.enter_context(sync_playwright())
    # As root, which CI is, Chromium runs without its sandbox only.
    browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
    stack.callback(browser.close)
    for name, module in GRAPHS.items():
        with ExitStack() as served:
            address = _served(home, module, served)
            for page, path in PAGES.items():
                yield f"page {page}{name}: {_visited(browser.new_page(), address + path)}"


def _served(home: Home, module: str, stack: ExitStack) -> str:
    port = free_port()
    command = [sys.executable, "-m", "dagster_webserver", "-m", module, "-h", "127.0.0.1", "-p", str(port)]
    log = stack.enter_context((home.logs / "bench-webserver.log").open("wb"))
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    # Not in the checkout: Dagster reads the `.env` of where it starts, which names the database of another home.
    process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=home.dagster)
    stack.callback(process.wait, 30)
    stack.callback(process.terminate)
    address = f"http://127.0.0.1:{port}"
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(f"{address}/server_info", trust_env=False).is_success:
                return address
        except httpx.HTTPError:
            time.sleep(0.5)
    raise RuntimeError(f"The webserver of {module} did not start; see {log.name}.")


def _visited(page: "Page", address: str) -> str:
    asked: dict[Any, str] = {}
    took: list[tuple[float, str]] = []
    last = time.monotonic()

    def begun(request: Any) -> None:
        if "/graphql" in request.url and request.method == "POST":
            asked[request] = (request.post_data_json or {}).get("operationName", "?")

    def ended(request: Any) -> None:
        nonlocal last
        if request in asked:
            last = time.monotonic()
            took.append((max(request.timing["responseEnd"], 0.0), asked.pop(request)))

    page.on("request", begun)
    page.on("requestfinished", ended)
    page.on("requestfailed", ended)
    began = time.monotonic()
    page.goto(address, wait_until="commit", timeout=1000 * _PAGE_SECONDS)
    while time.monotonic() - began < _PAGE_SECONDS and (asked or not took or time.monotonic() - last < _QUIET_SECONDS):
        page.wait_for_timeout(100)
    page.close()
    slowest, query = max(took, default=(0.0, "none"))
    settled = "not settled" if asked else f"{last - began:.1f} s"
    return f"{settled}, {len(took)} queries, the slowest {query} {slowest / 1000:.1f} s"
