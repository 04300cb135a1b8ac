"""What the running agent knows of itself, for `status`, for the server, and for nobody else: no text of the screen.

loop ──────► Condition ─► status.json, every few seconds ─► recall-agent status
delivery ──►     └──────► AgentReport, every minute ──────► server
"""

from dataclasses import dataclass
from datetime import datetime

from capture_agent.messages import CaptureState

LOOKING = "the screens are looked at"


@dataclass(slots=True)
class Condition:
    """The loop's side; written by the loop alone.

    `lost` counts frames that could not be put on the disk; the next look was compared as if they had not been.
    """

    state: CaptureState
    since: datetime
    why: str = "starting"
    problem: str | None = None
    looked_at: datetime | None = None
    next_look_by: datetime | None = None
    last_kept_at: datetime | None = None
    last_seen_at: datetime | None = None
    kept: int = 0
    lost: int = 0
    monitors: int = 0
    hidden: int = 0  # parts of excluded windows that are painted out now
    on_battery: bool | None = None
    on_metered: bool | None = None

    def enter(self, state: CaptureState, why: str, now: datetime, problem: str | None = None) -> bool:
        """Notes a state; whether it is another one than before, or another problem."""
        changed = (state, problem) != (self.state, self.problem)
        if state is not self.state:
            self.since = now
        self.state, self.why, self.problem = state, why, problem
        return changed
