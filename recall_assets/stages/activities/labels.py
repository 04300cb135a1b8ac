"""What kind of doing an activity is, told from programs, titles, addresses and text by a documented vocabulary.

    each moment ─► cues of title, program, address, text, voices ─► votes by minute ─► the label with most minutes

The vocabulary is general English (and German where a word is common in titles): no product that one person happens
to use decides alone, and a moment without a cue votes for nothing.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from recall_assets.stages.activities.chrome import title_parts
from recall_assets.stages.activities.moments import Moment
from recall_assets.stages.addresses import split_address

LABELS = (
    "email",
    "chat",
    "meeting",
    "coding",
    "debugging",
    "code-review",
    "writing",
    "reading",
    "research",
    "shopping",
    "planning",
    "document-review",
    "data-analysis",
    "learning",
    "other",
)
# Means to an end: where they do not fill most of the time, what goes on beside them is what is done.
ROUTINE = frozenset({"email", "chat", "planning"})


def _any(words: str) -> re.Pattern[str]:
    return re.compile(r"(?<![a-z])(?:" + words.replace(" ", "|") + r")(?![a-z])", re.IGNORECASE)


# Cues in title or address (weight 2) and in the program's name (weight 1); the first match of a line is enough.
_TITLE: Mapping[str, re.Pattern[str]] = {
    "email": _any("inbox e-?mail webmail mail outlook gmail thunderbird posteingang compose sent drafts"),
    "chat": _any("chat chats slack mattermost matrix element telegram whatsapp signal discord irc direct.message dm"),
    "meeting": _any(
        "meet meeting call zoom webex jitsi huddle standup stand-up retro retrospective conference videocall"
    ),
    "code-review": _any("merge.requests? pull.requests? review diff changes merge_requests pull pulls mr code.review"),
    "debugging": _any("pipelines? job failed traceback debug debugger stack.trace incident sentry error log logs"),
    "planning": _any(
        "calendar kalender agenda planning plan sprint backlog roadmap todo budget schedule week milestone"
    ),
    "shopping": _any("cart basket checkout shop store warenkorb order orders product price offer"),
    "data-analysis": _any("sql query dashboard notebook jupyter grafana chart report analytics psql dataset metrics"),
    "learning": _any("tutorial lecture course talk video lesson watch playlist webinar training"),
    "research": _any("search results?.for wikipedia scholar paper arxiv stackoverflow question answers"),
    "reading": _any("article news blog docs documentation handbook manual guide reference wiki"),
    "document-review": _any("pdf contract agreement offer proposal terms questionnaire"),
    "writing": _any("draft document writer word odt docx notes? minutes runbook readme essay letter"),
}
# Cues in a host's labels or at the end of a title, where a site says what it is.
_MEDIUM: Mapping[str, re.Pattern[str]] = {
    "meeting": _any("meet zoom webex jitsi teams meetings videocall"),
    "email": _any("mail e-?mail webmail gmail outlook posteingang"),
    "chat": _any("chat chats slack mattermost telegram whatsapp discord messenger"),
    "planning": _any("cal calendar kalender"),
}
_PROGRAM: Mapping[str, re.Pattern[str]] = {
    "email": _any("thunderbird outlook evolution mail geary kmail"),
    "chat": _any("slack discord telegram signal element mattermost whatsapp teams"),
    "meeting": _any("zoom webex skype jitsi"),
    "coding": _any(
        "code codium idea pycharm goland clion vim nvim gvim emacs geany sublime_text zed xterm terminal "
        "gnome-terminal konsole alacritty kitty iterm2 wezterm tmux bash zsh powershell"
    ),
    "writing": _any("writer winword word pages mousepad gedit notepad obsidian typora kate texstudio"),
    "document-review": _any("mupdf evince okular acrobat preview zathura xpdf foxit"),
    "data-analysis": _any("calc excel libreoffice-calc scalc gnumeric numbers tableau dbeaver pgadmin rstudio"),
    "learning": _any("vlc mpv totem quicktime"),
}
_TEXT: Mapping[str, re.Pattern[str]] = {
    "debugging": re.compile(r"Traceback \(most|\bFAILED\b|\bAssertionError\b|\bException\b|\bpanic:|exit code [1-9]"),
    "code-review": re.compile(r"^(?:\+\+\+ b/|--- a/|@@ -\d)|Approve\b.*\bmerge|requested changes", re.MULTILINE),
    "meeting": re.compile(r"\b(?:Leave call|Mute|Unmute|Share screen|Participants)\b"),
    "shopping": re.compile(r"\b(?:Add to (?:cart|basket)|Checkout|In den Warenkorb|Delivery|Subtotal)\b"),
}


# Folders of a mailbox, each on a line of its own, with how many are unread: a web site of mail need not be called so.
_FOLDERS = re.compile(
    r"^(inbox|sent|drafts|archive|spam|junk|trash|starred|outbox|posteingang|gesendet|entwürfe|papierkorb|postausgang)"
    r"(?: ?\(\d+\)| \d+)?$",
    re.IGNORECASE | re.MULTILINE,
)
_LEAST_FOLDERS = 3

# People who talk look at documents meanwhile: it outweighs what a title and a program say together.
_TWO_SIDES = 6


def label_of(moments: Sequence[Moment]) -> str:
    """The label that most of the activity's minutes speak for; `other` where nothing speaks."""
    votes: defaultdict[str, float] = defaultdict(float)
    for moment in moments:
        if medium := _medium(moment):
            votes[medium] += moment.minutes
            continue
        cues = _cues(moment)
        for label, weight in cues.items():
            votes[label] += weight * moment.minutes / sum(cues.values())
    half = sum(moment.minutes for moment in moments) / 2
    fitting = [label for label in LABELS if votes[label] > (half if label in ROUTINE else 0)]
    return max(fitting, key=lambda label: votes[label], default="other")


def _medium(moment: Moment) -> str | None:
    """What the site itself is for, by its host's labels and the endings of its titles; none for most sites."""
    frame = moment.frames[-1]
    labels = " ".join((split_address(frame.url).hostname or "").split(".")[:-1])
    endings = " ".join(title_parts(frame.window_title or "")[1:-1])
    told = next((label for label, cue in _MEDIUM.items() if cue.search(f"{labels} {endings}")), None)
    mailbox = frame.url and len({one.lower() for one in _FOLDERS.findall(frame.text)}) >= _LEAST_FOLDERS
    return told or ("email" if mailbox else None)


def _cues(moment: Moment) -> Counter[str]:
    frame = moment.frames[-1]
    place = f"{frame.window_title or ''} {frame.url or ''}".replace("_", " ")
    cues: Counter[str] = Counter()
    program = f"{frame.app_name or ''} {(title_parts(frame.window_title or '') or [''])[-1]}"
    for vocabulary, where, weight in ((_TITLE, place, 2), (_PROGRAM, program, 2), (_TEXT, frame.text, 1)):
        for label, pattern in vocabulary.items():
            if pattern.search(where):
                cues[label] += weight
    if moment.speakers >= {"me", "others"}:
        cues["meeting"] += _TWO_SIDES
    elif None in moment.speakers:  # one or several voices: a call, but it may be a film
        cues["meeting"] += 1
    return cues
