"""Time as bars in a terminal.

ledgerly     ████████████▌            2 h 10 min
brightwater  ████▎                      45 min
"""

from datetime import timedelta

_EIGHTHS = " ▏▎▍▌▋▊▉"


def bar(share: float, width: int) -> str:
    """A bar of that share of the width, in eighths of a character; something is never nothing."""
    eighths = max(1, round(share * width * 8)) if share > 0 else 0
    return ("█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()).ljust(width)


def length(time: timedelta) -> str:
    """`2 h 10 min`, or `45 min`."""
    hours, minutes = divmod(round(time / timedelta(minutes=1)), 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"
