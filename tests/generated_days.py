"""Days of invented people with known purposes: what boundary and project figures are measured and tuned on.

    seed ─► Person (projects, habits, hosts) ─► plan of the day: purpose, idle, purpose, ...
                                                  └► windows of the purpose, visited in turn ─► frames + Truth

A purpose begins by walking through its documents, then goes back and forth between its windows; mails and chats that
serve another purpose interrupt it, shared windows (inbox, notes, search) appear in all of them, a screen may stand
still for minutes, words are misread, and much more so with `ocr` (see `misread_screens`). Two looks: `live` (a frame
every few seconds, idle time known) and recorded (distinct screens only, idle time unknown), by the seed's parity.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from recall_assets.records import Frame
from tests.days import Shown, frame
from tests.generated_words import FAMILY, FILLERS, GIVEN, NOUNS, TECHNICAL
from tests.misread_screens import Reader

PHASE = 1.3  # windows to either side of the one that a purpose has come to, of the order in which it opens them
START = datetime(2026, 5, 4, 8, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Purpose:
    """One true stretch [start, end); `project` is the name of what it served."""

    start: datetime
    end: datetime
    project: str
    kind: str


@dataclass(frozen=True, slots=True)
class Venture:
    """A project of the person: how it shows on screen."""

    name: str
    topic: tuple[str, ...]
    people: tuple[str, ...]
    repository: str | None
    series: str | None
    host: str | None
    kinds: tuple[str, ...]


class Person:
    """Somebody with projects, programs and habits, drawn from a seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(f"person {seed}")
        pick = self.random
        nouns = pick.sample(NOUNS, len(NOUNS))
        self.suffix = pick.choice(("Chromium", "Mozilla Firefox", "Google Chrome", "Microsoft Edge"))
        self.browser = self.suffix.rpartition(" ")[2].lower()
        self.domain = nouns.pop() + pick.choice((".example", ".test", ".invalid"))
        self.products = {
            name: nouns.pop().capitalize() for name in ("mail", "chat", "tracker", "code", "search", "meet")
        }
        self.user, self.machine = pick.choice(GIVEN).lower(), nouns.pop()
        self.editor = pick.choice(("code", "geany", "gvim", "pycharm"))
        self.ventures = [self._venture(nouns, number) for number in range(pick.randint(3, 5))]
        self.office = Venture("office", tuple(nouns[-20:]), (), None, None, None, ("email", "planning", "chat"))

    def _venture(self, nouns: list[str], number: int) -> Venture:
        pick = self.random
        name = nouns.pop()
        topic = tuple(nouns.pop() for _ in range(pick.randint(18, 26)))
        people = tuple(f"{pick.choice(GIVEN)} {pick.choice(FAMILY)}" for _ in range(3))
        if number in {0, 1}:
            kinds: tuple[str, ...] = (
                "coding",
                "debugging",
                "review",
                "meeting",
                "chat",
                "analysis",
                "writing",
                "learning",
            )
            return Venture(name, topic, people, name, name[:3].upper(), None, kinds)
        if number == 2:
            kinds = ("documents", "meeting", "writing", "chat")
            return Venture(name, topic, people, None, name[:2].upper(), f"portal.{name}.example", kinds)
        return Venture(name, topic, people, None, None, f"{nouns.pop()}.example", ("shopping", "private-planning"))


class GeneratedDay:
    """One deployment's day: its frames and its true purposes.

    Args:
        seed: of the person; the same seed is the same person.
        number: which of the person's days.
        per_minute: frames a minute of a live day; a recorded day has about one.
        ocr: whether texts are what a reader of the whole screen made of it.
    """

    def __init__(
        self, seed: int, number: int = 0, *, per_minute: float = 4.0, live: bool | None = None, ocr: bool = False
    ) -> None:
        self.person = Person(seed)
        self.random = Random(f"day {seed} {number}")
        self.live = seed % 2 == 0 if live is None else live
        self.per_minute = per_minute
        self.deployment = "laptop" if number % 2 == 0 else "desktop"
        self.frames: list[Frame] = []
        self.purposes: list[Purpose] = []
        self.clock = START + timedelta(days=number // 2, minutes=self.random.randint(0, 40))
        self._shown: Shown | None = None
        self._reader = Reader(f"{seed} {number}") if ocr else None
        self._live_through()

    @property
    def day(self) -> date:
        """The date of the day."""
        return self.clock.date()

    def _live_through(self) -> None:
        pick = self.random
        before = ""
        for _ in range(pick.randint(5, 8)):
            choices = [
                v for v in (*self.person.ventures, self.person.office) if v.name != before or pick.random() < 0.15
            ]
            venture = pick.choice(choices)
            kind = pick.choice(venture.kinds)
            self._serve(venture, kind, minutes=self._length(kind))
            before = venture.name
            if pick.random() < 0.35:
                self._leave(pick.choice((8, 15, 30, 55, 120)))

    def _length(self, kind: str) -> float:
        short = {"email": (14, 30), "chat": (12, 25), "planning": (15, 30), "meeting": (20, 50)}
        return self.random.uniform(*short.get(kind, (35, 120)))

    def _serve(self, venture: Venture, kind: str, minutes: float) -> None:
        pick = self.random
        start, end = self.clock, self.clock + timedelta(minutes=minutes)
        windows = self._windows(venture, kind)
        for window in windows:
            for _ in range(pick.randint(1, 4)):
                self._show(window, venture, pick.uniform(4, 50), end)
        while self.clock < end:
            if pick.random() < 0.03:
                self._interrupt(venture, end)
            done = (self.clock - start) / (end - start)
            centre = done * (len(windows) - 1)
            near = (
                [w for place, w in enumerate(windows) if abs(place - centre) <= PHASE]
                if pick.random() < 0.7
                else windows
            )
            self._show(pick.choice(near or windows), venture, min(pick.expovariate(1 / 85) + 20, 420), end)
        self.purposes.append(Purpose(start, end, venture.name, kind))
        self.clock = end

    def _interrupt(self, venture: Venture, end: datetime) -> None:
        pick = self.random
        other = pick.choice([v for v in self.person.ventures if v is not venture])
        window = self._chat(other) if pick.random() < 0.5 else self._mail(other)
        self._show(window, other, pick.uniform(20, 150), end)

    def _leave(self, minutes: float) -> None:
        """Nobody there: a recorded day shows the still screen a few times, a live one falls silent."""
        end = self.clock + timedelta(minutes=minutes)
        style = self.random.random()
        if self._shown and not self.live and style < 0.8:
            times = [self.clock + timedelta(seconds=5 * step) for step in (1, 2, 3, 4)]
            times += [times[-1] + (end - times[-1]) * share / 4 for share in (1, 2, 3)]
            for time, after in zip(times, [*times[1:], end], strict=True):
                self.frames.append(frame(self._shown, time, after, deployment=self.deployment, trigger="idle"))
        elif self._shown and self.live:
            for step in range(1, 5):
                time = self.clock + timedelta(seconds=60 * step)
                self.frames.append(
                    frame(
                        self._shown,
                        time,
                        time + timedelta(minutes=1),
                        deployment=self.deployment,
                        idle_seconds=60.0 * step,
                    )
                )
        self.clock = end

    def _show(self, window: Shown, venture: Venture, seconds: float, end: datetime) -> None:
        """A window for that long: a frame for a recorded day, several with new text for a live one."""
        pick = self.random
        until = min(end, self.clock + timedelta(seconds=seconds))
        steps = max(1, round((until - self.clock).total_seconds() / 60 * self.per_minute)) if self.live else 1
        length = (until - self.clock) / steps
        if length <= timedelta(0):
            return
        for _ in range(steps):
            text = "\n".join(
                self._misread(line)
                for line in (window.text, *(self._prose(venture, window, 9) for _ in range(pick.randint(2, 7))))
            )
            self._shown = Shown(window.app, window.title, window.url, text)
            if self._reader:
                self._shown = self._reader.read(self._shown)
            self.frames.append(
                frame(
                    self._shown,
                    self.clock + timedelta(seconds=min(2.0, length.total_seconds() / 2)),
                    self.clock + length,
                    deployment=self.deployment,
                    idle_seconds=pick.uniform(0, 20) if self.live else None,
                )
            )
            self.clock += length

    def _prose(self, venture: Venture, window: Shown, count: int) -> str:
        pick = self.random
        general = TECHNICAL if window.app in {"xterm", self.person.editor} or "docs" in (window.url or "") else FILLERS
        about = 0.12 if "docs" in (window.url or "") or "inbox" in window.title.lower() else 0.4
        about_all = self.person.ventures if venture is self.person.office else [venture]
        return " ".join(
            pick.choice(pick.choice(about_all).topic if pick.random() < about else general) for _ in range(count)
        )

    def _misread(self, text: str) -> str:
        pick = self.random
        words = [w[1:] if pick.random() < 0.01 else w for w in text.split(" ") if pick.random() > 0.01]
        return " ".join(words)

    def _page(self, title: str, url: str, text: str) -> Shown:
        return Shown(self.person.browser, f"{title} - {self.person.suffix}", url, text)

    def _mail(self, venture: Venture) -> Shown:
        pick, person = self.random, self.person
        product = person.products["mail"]
        subjects = " ".join(f"{pick.choice(v.topic)} {pick.choice(v.topic)}" for v in person.ventures)
        about = pick.choice(person.ventures) if venture is person.office else venture
        subject = f"{pick.choice(about.topic).capitalize()} {pick.choice(about.topic)}"
        sender = pick.choice(venture.people) if venture.people else "Office"
        return self._page(
            f"{subject} - {product} Mail",
            f"https://mail.{person.domain}/inbox/{pick.randint(100, 999)}",
            f"{product} Mail Inbox Sent Drafts\n{subjects}\nFrom {sender} Subject {subject}",
        )

    def _chat(self, venture: Venture) -> Shown:
        pick, person = self.random, self.person
        who = pick.choice(venture.people) if venture.people else pick.choice(("general", "lunch", "random"))
        product = person.products["chat"]
        return self._page(f"{who} - {product} Chat", f"https://chat.{person.domain}/dm/{who.split()[0].lower()}",
                          f"{product} Chat Threads Mentions general lunch random {who} said")  # fmt: skip

    def _windows(self, venture: Venture, kind: str) -> list[Shown]:
        """The windows of a purpose of that kind, in the order of a first walk through them."""
        pick, person = self.random, self.person

        def noun() -> str:
            return pick.choice(venture.topic)

        tracker, code = person.products["tracker"], person.products["code"]
        ticket = f"{venture.series}-{pick.randint(10, 499)}"
        issue = self._page(
            f"{ticket} {noun().capitalize()} {noun()} {pick.choice(FILLERS)} - {tracker}",
            f"https://tracker.{person.domain}/{venture.name}/{ticket}",
            f"{tracker} Issues {ticket} Assignee",
        )
        terminal = Shown(
            "xterm",
            f"{person.user}@{person.machine}: ~/src/{venture.repository}",
            None,
            f"{person.user}@{person.machine}:~/src/{venture.repository}$ git status",
        )
        source = Shown(person.editor, f"{noun()}.py - {venture.repository} - {person.editor}", None, "def class import")
        docs = self._page(
            f"{pick.choice(TECHNICAL).capitalize()} {pick.choice(TECHNICAL)} - Handbook",
            f"https://docs.{pick.choice(NOUNS)}.example/{pick.choice(TECHNICAL)}",
            "Tutorial Reference",
        )
        search = self._page(
            f"{noun()} {noun()} {pick.choice(TECHNICAL)} - {person.products['search']}",
            f"https://search.example/?q={noun()}+{noun()}",
            "Results Images",
        )
        merge = self._page(
            f"{noun().capitalize()} {noun()} (!{pick.randint(10, 400)}) - Merge requests - {code}",
            f"https://code.{person.domain}/{person.domain.split('.')[0]}/{venture.repository}/-/merge_requests/"
            f"{pick.randint(10, 400)}",
            f"{code} Changes Pipelines Approve @@ -12 +14 @@",
        )
        pipeline = self._page(
            f"Pipeline {pick.randint(1000, 9999)} - {venture.repository} - {code}",
            f"https://code.{person.domain}/{venture.repository}/-/pipelines/{pick.randint(100, 999)}",
            f"{code} Jobs failed Traceback (most recent call last)",
        )
        notes = Shown("mousepad", "todo.txt - Mousepad", None, "todo")
        paper = Shown(
            "evince", f"{noun()}-{venture.series}-2026-{pick.randint(10, 99)}.pdf - {pick.randint(1, 9)}/12", None, ""
        )
        sheet = Shown("soffice", f"{noun()}-{noun()}.ods - LibreOffice Calc", None, "total sum")
        draft = Shown("soffice", f"{noun()}-{noun()}.odt - LibreOffice Writer", None, "")
        own = [
            self._page(
                f"{noun().capitalize()} {noun()} - {venture.name.capitalize()}",
                f"https://{venture.host}/{noun()}/{n}",
                f"{venture.name.capitalize()} Account Orders",
            )
            for n in range(3)
        ]
        meet = self._page(
            f"{venture.name.capitalize()} {pick.choice(('standup', 'call', 'retro'))} - {person.products['meet']} Meet",
            f"https://meet.{person.domain}/{noun()}",
            f"Leave call Mute Participants {' '.join(venture.people)}",
        )
        talk = self._page(
            f"{noun().capitalize()} and {noun()}: a talk - Lectures",
            f"https://talks.example/watch/{pick.randint(1, 99)}",
            "Subscribe Share Comments Up next",
        )
        calendar = self._page(
            f"Week {pick.randint(10, 40)} - {person.products['mail']} Calendar",
            f"https://cal.{person.domain}/week",
            " ".join(f"{v.name} {pick.choice(v.topic)}" for v in person.ventures),
        )
        by_kind = {
            "coding": [issue, terminal, source, docs, search, notes],
            "debugging": [pipeline, terminal, issue, search, docs],
            "review": [merge, terminal, source, self._chat(venture)],
            "analysis": [terminal, sheet, issue, notes],
            "writing": [draft, terminal if venture.repository else paper, self._mail(venture), search],
            "learning": [talk, notes],
            "documents": [self._mail(venture), paper, own[0], own[1], sheet],
            "meeting": [meet, notes, issue if venture.series and venture.repository else self._mail(venture)],
            "chat": [self._chat(venture), self._mail(venture)] if venture.people else [self._chat(venture)],
            "email": [self._mail(v) for v in pick.sample(person.ventures, 2)] + [self._mail(venture), calendar],
            "planning": [calendar, notes, self._mail(venture)],
            "shopping": [*own, search],
            "private-planning": [sheet, *own[:2]],
        }  # fmt: skip
        windows = by_kind[kind]
        return windows[: max(2, len(windows) - pick.randint(0, 2))]
