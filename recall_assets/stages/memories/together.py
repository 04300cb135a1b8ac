"""What several days say of one topic, as one text: the newest first, and of the older days what it does not say.

newest   Status: Done                 older   Status: In progress   ─► Status: Done
                                              Due: 12 November          Due: 12 November
"""

import re
from collections.abc import Iterable

MOST_LINES = 12
_FIELD = re.compile(r"^([A-Z][\w -]{1,24}): ")


def together(newest: str, earlier: Iterable[str]) -> str:
    """The lines of the newest details, then those of earlier ones that add a field or a line.

    Args:
        earlier: newest first.
    """
    lines = newest.splitlines()
    fields = {found.group(1) for line in lines if (found := _FIELD.match(line))}
    for details in earlier:
        for line in details.splitlines():
            if len(lines) >= MOST_LINES or line in lines:
                continue
            field = _FIELD.match(line)
            if field is None or field.group(1) not in fields:
                lines.append(line)
                fields |= {field.group(1)} if field else set()
    return "\n".join(lines)
