"""`recall mcp`: the tools of an assistant over stdio; with `--config`, what its client must be told.

client ── starts ──► recall mcp ── reads ──► PostgreSQL, started if need be
"""

import json
import logging
import shlex
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from recall_assets.cli.session import opened_database
from recall_assets.server.address import running_server
from recall_assets.settings import Settings, load_settings


def mcp(
    config: Annotated[bool, typer.Option("--config", help="Print what common clients must be told, and end.")] = False,
) -> None:
    """Answer an assistant over stdio (Model Context Protocol); its client starts this command."""
    settings = load_settings()
    if config:
        print(_config(settings))
        return
    if sys.stdin.isatty():
        print("An assistant's client starts this command and speaks with it: recall mcp --config", file=sys.stderr)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(message)s")
    from recall_assets.server.assistants.tools import make_server

    with opened_database(settings) as engine:
        make_server(engine, settings.home).run("stdio")


def _config(settings: Settings) -> str:
    program = shutil.which("recall") or str(Path(sys.executable).with_name("recall"))
    started = {"command": program, "args": ["mcp"], "env": {"RECALL_HOME": str(settings.home.path)}}
    address = running_server(settings.home) or f"http://localhost:{settings.server_port or 8787}"
    url = f"{address.replace('127.0.0.1', 'localhost')}/mcp"
    asked = {"type": "http", "url": url, "headers": {"Authorization": "Bearer TOKEN"}}
    ours = {"recall": started}
    parts: list[tuple[str, object]] = [
        ("Claude Desktop (claude_desktop_config.json), Cursor (~/.cursor/mcp.json)", {"mcpServers": ours}),
        ("VS Code (.vscode/mcp.json)", {"servers": {"recall": {"type": "stdio", **started}}}),
        ("Over HTTP; TOKEN is what `recall tokens make --scope mcp` prints", {"mcpServers": {"recall": asked}}),
    ]
    shown = [f"{name}:\n\n{json.dumps(part, indent=2)}" for name, part in parts]
    typed = ["claude", "mcp", "add", "recall", "--env", f"RECALL_HOME={settings.home.path}", "--", program, "mcp"]
    return "\n\n".join([shown[0], f"Claude Code:\n\n{shlex.join(typed)}", *shown[1:]])
