"""An agent on another machine: enrolled and heard over TLS by the server that its link names, and by no other way."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from recall_assets.settings import Home, Settings
from recall_assets.store import tables
from tests.integration.embedded import CHECKOUT
from tests.integration.invited import certificate, link
from tests.system.namespaces import SERVER_ADDRESS, Machine, two_machines

pytestmark = pytest.mark.system

TLS, CLEAR, IMPOSTOR = 8788, 8787, 8789
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
# Serves the true certificate of the authority, as anybody can, with TLS of its own.
IMPOSTOR_CODE = """
import http.server, ssl, sys
pair, shown, address, port = sys.argv[1:]
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(open(shown, "rb").read())
    def do_POST(self):
        print("ASKED", self.path, flush=True)
server = http.server.ThreadingHTTPServer((address, int(port)), Handler)
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH); context.load_cert_chain(pair)
server.socket = context.wrap_socket(server.socket, server_side=True)
print("listens", flush=True)
server.serve_forever()
"""


@dataclass(frozen=True)
class Network:
    """The agent's machine, and what it has kept."""

    agent: Machine
    folder: Path

    def does(self, *words: str) -> str:
        command = self.agent.command(sys.executable, "-m", "tests.system.far_agent", str(self.folder), *words)
        done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, timeout=60, cwd=CHECKOUT)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture
def network(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    """The server runs on its machine; an impostor with another authority listens beside it."""
    monkeypatch.setenv("RECALL_LISTEN", f"{SERVER_ADDRESS}:{TLS}")
    environment = ENVIRONMENT | {name: value for name, value in os.environ.items() if name.startswith("RECALL_")}
    certificate(settings.home, [SERVER_ADDRESS])
    impostor = Home(tmp_path / "impostor")
    pair = certificate(impostor, [SERVER_ADDRESS]).path
    shown = settings.home.keys / "tls" / "ca.pem"
    with two_machines() as (server, agent):
        commands = [
            [sys.executable, "-m", "recall_assets.server", "--port", str(CLEAR)],
            [sys.executable, "-c", IMPOSTOR_CODE, str(pair), str(shown), SERVER_ADDRESS, str(IMPOSTOR)],
        ]
        running = [
            subprocess.Popen(server.command(*command), stdout=subprocess.PIPE, text=True, env=environment)
            for command in commands
        ]
        try:
            for process in running:
                assert process.stdout is not None
                assert process.stdout.readline()
            yield Network(agent, tmp_path / "agent")
        finally:
            for process in running:
                process.terminate()
            for process in running:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(30)
                process.kill()


def test_an_agent_is_enrolled_and_heard_over_tls_alone_and_by_the_true_server_alone(
    network: Network, settings: Settings, database: Engine
) -> None:
    address = f"https://{SERVER_ADDRESS}:{TLS}"
    invitation = link(database, settings.home, address)
    clear = f"http://{SERVER_ADDRESS}"

    assert "EnrolmentError" in (told := network.does("enrol", invitation.replace(address, f"{clear}:{CLEAR}")))
    assert "not https" in told
    other = link(database, settings.home, address, instead={"ca": "0" * 64})
    assert "does not show the certificate" in network.does("enrol", other)
    assert "is not one to trust" in network.does("enrol", invitation.replace(f":{TLS}", f":{IMPOSTOR}"))
    assert list(network.folder.iterdir()) == []

    assert network.does("enrol", invitation) == address
    assert network.does("upload") == "stored"
    assert network.does("upload") == "known"
    assert "CERTIFICATE_VERIFY_FAILED" in network.does("upload", f"https://{SERVER_ADDRESS}:{IMPOSTOR}")
    assert "not https" in network.does("upload", f"{clear}:{CLEAR}")
    with database.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.frames)) == 1

    assert "ConnectError" in network.does("get", f"{clear}:{CLEAR}/health")
    assert "refused" in network.does("get", f"{clear}:{TLS}/health")
    assert network.does("get", f"{address}/health") == "200"
