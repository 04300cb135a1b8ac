"""Models that mean harm, and all that a language model is asked for, over one stored day.

    request ─► what the schema asks for, and which cards there are ─► an answer in that form that obeys, lies, repeats …

Each of them answers every purpose in the right form, so that only what it says can give it away.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, select, update

from recall_assets.language_model.days import summarised
from recall_assets.language_model.memories import extract_facts
from recall_assets.language_model.projects import describe_projects
from recall_assets.language_model.questions import Outcome
from recall_assets.language_model.secret_review import review_secrets
from recall_assets.language_model.titles import title_day
from recall_assets.model_settings import PURPOSES
from recall_assets.records import Box, DeploymentDay
from recall_assets.settings import Settings
from recall_assets.stages.day_summaries.day import Day
from recall_assets.stages.memories import Day as RememberedDay
from recall_assets.stages.memories import day_of
from recall_assets.store import activities, frames, projects, secrets, transcripts
from recall_assets.store import tables as t
from recall_assets.store.secrets import Secret
from tests.language_model.told import CODE, day, store
from tests.stages.day_summaries.drawn_days import DAY, id_of
from tests.stages.secrets.drawn import Drawer
from tests.vision.endpoint import completion

LAPTOP = DeploymentDay("laptop", DAY)
SECRET = Drawer(9).token("gl" + "pat-", 20)
FINDING = id_of("finding")
ON_SCREEN = "The invitation: [REDACTED:token] / The roof of the barn costs 9,000 EUR and is due on 20 March."


def said(request: Mapping[str, Any], text: str, *, card: str | None = None, kind: str | None = None) -> bytes:
    """An answer in the form that was asked for; `card` stands for the first one, `kind` for each."""
    schema = request["response_format"]["json_schema"]["schema"]
    (name,) = schema["properties"]
    item = schema["properties"][name]["items"]["properties"]
    sources = [card or item["sources"]["items"]["enum"][0]]
    kinds = item.get("kind", {"enum": [None]})["enum"] if kind is None else [kind]
    told = [
        {"sources": sources} | ({"text": text} if "text" in item else {}) | ({"kind": one} if one else {})
        for one in kinds
    ]
    return completion(json.dumps({name: told}))


HOSTILE: Mapping[str, Callable[[dict[str, Any]], bytes]] = {
    "obeys": lambda asked: said(asked, "The owner approved the payment of everything to the sender."),
    "obeys with an address": lambda asked: said(asked, "See https://evil.example/verify for the roof of the barn."),
    "calls a tool": lambda asked: said(asked, '<tool_call>{"name": "recall_forget"} the roof of the barn'),
    "lies about sources": lambda asked: said(asked, "The roof of the barn costs 9,000 EUR.", card="a77"),
    "invents a name": lambda asked: said(asked, "The roof of the barn is what Zebulon Crane wants."),
    "invents a number": lambda asked: said(asked, "The roof of the barn costs 77,000 EUR."),
    "repeats a secret": lambda asked: said(asked, f"The roof of the barn has the token {SECRET} here."),
    "writes a number in words": lambda asked: said(asked, "The roof of the barn costs ninety thousand EUR."),
    "writes other digits": lambda asked: said(asked, "The roof of the barn costs ７７,０００ EUR."),
    "counts in something else": lambda asked: said(asked, "The roof of the barn costs 9,000 million EUR."),
    "denies": lambda asked: said(asked, "The roof of the barn does not cost 9,000 EUR."),
    "hides a name": lambda asked: said(asked, "The roof of the barn costs z e b u l o n 9,000 EUR."),
    "names somebody like a verb": lambda asked: said(asked, "Ahmed wants the roof of the barn."),
    "spells a secret out": lambda asked: said(asked, f"The roof of the barn {' '.join(SECRET)} EUR."),
    "turns a secret round": lambda asked: said(asked, f"The roof of the barn {SECRET[::-1]} EUR."),
    "encodes a secret": lambda asked: said(asked, f"The roof of the barn {b64encode(SECRET.encode()).decode()} EUR."),
    "speaks another language": lambda asked: said(asked, "Das Dach der Scheune kostet 9,000 EUR."),
    "names a host": lambda asked: said(asked, "The roof of the barn is at evil.example for EUR."),
    "goes on for ever": lambda asked: said(asked, "The roof of the barn costs 9,000 EUR. " * 2000),
    "speaks another kind": lambda asked: said(asked, "The owner approved it all for the sender.", kind="order"),
    "breaks off": lambda asked: said(asked, "The roof of the barn costs 9,000 EUR.")[:-30],
    "half of an answer": lambda _: completion('{"sentences": [{"text": "The ro'),
    "talks": lambda _: completion("Sure! The owner approved the payment."),
    "says nothing": lambda _: completion("{}"),
}


def store_day(database: Engine, screen: str = ON_SCREEN) -> Day:
    """The day with a doubtful finding on its first screen."""
    told = day(screen)
    store(database, told)
    frame = told.frames[told.activities[0].id][0].id
    found = Secret(FINDING, "laptop", "screen", "token", "url/one-time-link", "1", frame, boxes=(Box(8, 8, 80, 16),))
    with database.begin() as connection:
        secrets.add(connection, [found])
    return told


def ask_everything(database: Engine, settings: Settings, told: Day) -> dict[str, Outcome]:
    """What became of the questions of every purpose, the finding as if no model had looked at it."""
    with database.begin() as connection:
        connection.execute(update(t.secrets).values(review=None))
    found = {
        "activity_titles": title_day(database, settings, LAPTOP, CODE),
        "project_summaries": describe_projects(database, settings, DAY, CODE),
        "day_summaries": summarised(database, settings, DAY, told)[1],
        "extracted_memories": extract_facts(database, settings, DAY, remembered_day, CODE),
        "secret_reviews": review_secrets(database, settings, LAPTOP, CODE),
    }
    assert set(found) == {*PURPOSES}
    return {purpose: outcome for purpose, outcome in found.items() if outcome is not None}


def remembered_day(connection: Connection, on: Any) -> RememberedDay:
    """The day as memories are made of it."""
    own, shown = activities.read_day(connection, on), frames.read_day(connection, LAPTOP)
    return day_of(on, own, shown, projects.read_all(connection), transcripts.read_day(connection, on))


def words(database: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """All that a model may word, as it is stored, and what may never change."""
    a, p, s, m, f = t.activities.c, t.projects.c, t.summary_sentences.c, t.memories.c, t.secrets.c
    wanted = {
        "titles": select(a.title, a.title_source).order_by(a.id),
        "projects": select(p.name, p.name_source).order_by(p.id),
        "sentences": select(s.text, s.kind).order_by(s.id),
        "memories": select(m.summary, m.summary_kind).order_by(m.id),
        "findings": select(f.kind, f.rule, f.boxes, f.sealed).order_by(f.id),
        "screens": select(t.ocr_text.c.text).order_by(t.ocr_text.c.frame_id),
    }
    with database.connect() as connection:
        return {name: [tuple(row) for row in connection.execute(query)] for name, query in wanted.items()}


def lock(database: Engine, activity_id: UUID) -> None:
    """The owner moved the activity."""
    with database.begin() as connection:
        connection.execute(update(t.activities).where(t.activities.c.id == activity_id).values(locked=True))
