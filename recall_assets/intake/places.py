"""Whether the landing and its keys are here at all, before frame by frame is found to be unreadable.

home server    keys/landing, landing/          always there
worker         the same, mounted from it       a mount that went away leaves two empty folders
                                               └► the run fails, and is repeated; no frame counts as unreadable
"""

from collections.abc import Sequence

from recall_assets.errors import LandingError
from recall_assets.home import Home
from recall_assets.store.audio_segments import LandedSegment
from recall_assets.store.frames import LandedFrame
from recall_assets.vault.landing_keys import known_key_ids


def check_landing(home: Home, pending: Sequence[LandedFrame] | Sequence[LandedSegment]) -> None:
    """Nothing, where envelopes of these could be found and opened.

    Raises:
        LandingError: there is no private key of the landing here, or no folder of any of the machines.
    """
    refs = [item.landing_ref for item in pending if item.landing_ref is not None]
    if not refs:
        return
    remedy = "Mount keys/ and landing/ of the home server into this RECALL_HOME; see docs/operations.md."
    if not known_key_ids(home):
        raise LandingError("This machine has no key of the landing.", remedy)
    if not any((home.landing / ref.partition("/")[0]).is_dir() for ref in refs):
        raise LandingError("This machine does not see the landing.", remedy)
