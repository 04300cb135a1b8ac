"""What the screens of the campaign show: a few words, and secrets that no file may hold in clear afterwards."""

from tests.canaries import Canary, every_kind, told
from tests.stages.secrets.drawn import Drawer

# One set for all campaigns: which secrets are found on a screen is measured elsewhere, what faults leave of them here.
_SEED = 2
WIDTH, HEIGHT = 900, 260
WORDS = ("garden", "river", "window", "letter", "market", "morning", "paper", "bridge", "candle", "summer", "harbour")
SECRETS = [canary for canary in every_kind(Drawer(_SEED)) if len(canary.lines) <= 3]
TITLE = told(_SEED)["title"]


def names() -> dict[str, str]:
    """Each piece that may lie nowhere, and whose it is."""

    def of(canary: Canary) -> dict[str, str]:
        return dict.fromkeys(canary.pieces, canary.kind)

    return {piece: kind for canary in (*SECRETS, TITLE) for piece, kind in of(canary).items()}
