"""`python -m capture_agent.probe`: what a server that wants to capture its own machine asks first, as one line of JSON.

{"screens": "x11", "why_not": null, "enrolled": null}     screens that can be captured, and nobody captures them yet
"""

import json
import sys

from capture_agent.credentials import CredentialsError, read_credentials
from capture_agent.desktop import ScreensError
from capture_agent.places import agent_places
from capture_agent.screens import open_screens


def probe() -> dict[str, str | None]:
    """Which screens there are, or why none; as what this user's own agent is enrolled, if it is."""
    screens, why_not = None, None
    try:
        opened = open_screens()
        screens = opened.name
        opened.close()
    except ScreensError as error:
        why_not = str(error)
    try:
        enrolled = read_credentials(agent_places().credentials_file).deployment
    except CredentialsError:
        enrolled = None
    return {"screens": screens, "why_not": why_not, "enrolled": enrolled}


if __name__ == "__main__":
    json.dump(probe(), sys.stdout)
