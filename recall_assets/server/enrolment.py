"""An invitation's code becomes a deployment with a token of its own, once.

    recall deployments invite ─► code (its hash is kept) ─► the person carries the link ─► POST /v1/enrol
    code of a new machine      id free?  ─► deployment, token
    code made for one id       that id?  ─► the same deployment, a new token, the old ones end

All in one transaction: of two that bring the same code, one wins; a wish that is refused leaves the code usable.
"""

import logging
import time
from collections import deque
from collections.abc import Callable

from sqlalchemy import Connection, Engine

from capture_agent.messages import EnrolmentAnswer, EnrolmentRequest
from recall_assets.errors import InputError
from recall_assets.landing_rotation import give_landing_key
from recall_assets.server.refusal import Refusal
from recall_assets.settings import Home
from recall_assets.store import deployments, tokens

_log = logging.getLogger(__name__)
_INVITE = "Make a new link on the server with `recall deployments invite`."


class Attempts:
    """How often a wrong code may be tried: so many times in so many seconds by one address."""

    def __init__(self, most: int = 10, seconds: int = 60, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._failures: deque[tuple[float, str]] = deque()

    def check(self, address: str) -> None:
        """Nothing, if this address may try again.

        Raises:
            Refusal: it may not yet (429).
        """
        now = self._clock()
        while self._failures and self._failures[0][0] <= now - self._seconds:
            self._failures.popleft()
        if sum(who == address for _, who in self._failures) >= self._most:
            raise Refusal(429, "Too many wrong codes.", "Wait a minute.", retry_after=self._seconds)

    def failed(self, address: str) -> None:
        """Counts a wrong code."""
        self._failures.append((self._clock(), address))


def enrol(engine: Engine, home: Home, wish: EnrolmentRequest) -> EnrolmentAnswer:
    """The token and key of the new deployment.

    Raises:
        Refusal: 403 the code is unknown, used or expired; 409 the id is taken, or not the invited one; 400 no zone.
    """
    with engine.begin() as connection:
        invitation = tokens.redeem(connection, wish.code, "enrol")
        if invitation is None:
            raise Refusal(403, "The code of this link is unknown, was used, or has expired.", _INVITE)
        if invitation.deployment_id is None:
            _add(connection, wish)
        else:
            _replace(connection, wish, invitation.deployment_id)
        token = tokens.make(connection, label="agent", deployment_id=wish.deployment)
        grant = tokens.verify(connection, token)
        assert grant is not None  # it was made a line above
        landing_key = give_landing_key(connection, home, grant.hash)
    _log.info("enrolled %s", wish.deployment)
    return EnrolmentAnswer(deployment=wish.deployment, token=token, landing_key=landing_key)


def _add(connection: Connection, wish: EnrolmentRequest) -> None:
    if deployments.read(connection, wish.deployment) is not None:
        raise Refusal(
            409,
            f"There is a deployment {wish.deployment} already.",
            f"Choose another id; for this machine again: recall deployments invite --id {wish.deployment}",
        )
    try:
        deployments.enrol(connection, wish.deployment, timezone=wish.timezone, name=wish.name, platform=wish.platform)
    except InputError as error:
        raise Refusal(400, error.problem, error.remedy) from None


def _replace(connection: Connection, wish: EnrolmentRequest, invited: str) -> None:
    if wish.deployment != invited:
        raise Refusal(409, f"This link is for the deployment {invited}.", f"Enrol with --id {invited}.")
    tokens.revoke_all(connection, invited)
    deployments.restore(connection, invited)
