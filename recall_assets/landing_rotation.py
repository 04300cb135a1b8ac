"""The landing's keys over time: who was given which, when a successor is made, when an older private half goes.

    give ─► noted on the token          successor, monthly or by order ─► agents fetch it when they report

    an older key goes when nobody holds it:
      a live token      that was given it last    (an agent's until it fetches the successor, an import's until it ends)
      a live token      that was used, and of which nobody noted what it was given
      a live machine    whose last report names it, as the key that it seals to, or of something in its spool
      an envelope       in the landing that is sealed to it

All of it under the landing's lock, which ingest holds too, so that no envelope lands under a key while it goes.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from capture_agent.messages import LandingKeyAnswer
from recall_assets.settings import Home
from recall_assets.store import agent_reports, landing, tokens
from recall_assets.vault import landing_keys


@dataclass(frozen=True, slots=True)
class KeyStanding:
    """A landing key whose private half is here, and what keeps it."""

    key_id: bytes
    since: datetime
    is_current: bool
    envelopes: int  # in the landing, sealed to it
    deployments: tuple[str, ...]  # that may still seal to it, or have something spooled under it

    @property
    def is_needed(self) -> bool:
        """Whether its private half stays."""
        return bool(self.is_current or self.envelopes or self.deployments)


def give_landing_key(connection: Connection, home: Home, token_hash: bytes) -> LandingKeyAnswer:
    """The current key, noted as given to a token; whoever shows a landing key to a sender goes through here."""
    landing.hold_landing(connection)
    answer = landing_keys.ensure_landing_key(home)
    tokens.given_key(connection, token_hash, bytes.fromhex(answer.key_id))
    return answer


def standings(connection: Connection, home: Home) -> list[KeyStanding]:
    """Every key, the current one first, then the newest."""
    landing.hold_landing(connection)
    pairs = landing_keys.key_pairs(home)
    envelopes = landing.count_by_key(home)
    holders: defaultdict[bytes, set[str]] = defaultdict(set)
    for deployment_id, key_id in tokens.given_keys(connection):
        for held in [pair.key_id for pair in pairs] if key_id is None else [key_id]:
            holders[held].add(deployment_id)
    for deployment_id, named in agent_reports.named_keys(connection).items():
        for key_id in named:
            holders[key_id].add(deployment_id)
    return [
        KeyStanding(
            pair.key_id, pair.since, pair.is_current, envelopes[pair.key_id], tuple(sorted(holders[pair.key_id]))
        )
        for pair in pairs
    ]


def rotate(connection: Connection, home: Home, now: datetime) -> bytes:
    """The id of the key that new envelopes are sealed to from now on.

    A current key that nobody was given, and that nothing is sealed to, is as good as a new one and stays.
    """
    for standing in standings(connection, home):
        if standing.is_current and not standing.envelopes and not standing.deployments:
            return standing.key_id
    return landing_keys.make_successor(home, now)


def rotate_monthly(connection: Connection, home: Home, now: datetime) -> bytes | None:
    """The new key's id where the current one is of an earlier month (UTC); None where it stays."""
    landing.hold_landing(connection)
    current = next((pair for pair in landing_keys.key_pairs(home) if pair.is_current), None)
    if current is not None and (now.year, now.month) <= (current.since.year, current.since.month):
        return None
    return landing_keys.make_successor(home, now)


def forget_unneeded(connection: Connection, home: Home) -> list[bytes]:
    """The ids of the older keys whose private halves it deleted, since nothing needs them any more."""
    gone = [standing.key_id for standing in standings(connection, home) if not standing.is_needed]
    for key_id in gone:
        landing_keys.forget_key(home, key_id)
    landing_keys.forget_orphans(home)
    return gone
