"""Names and summaries of projects in a language model's words, for those that a day saw; kept where they stand.

projects of the day ─► asked, one a question ─► name (the owner's stays) and sentences with their activities
all projects        ─► what a model said before is looked at again: what its activities no longer say goes
"""

from datetime import date
from uuid import UUID

from sqlalchemy import Connection, Engine

from recall_assets.language_model.questions import Outcome, Questions
from recall_assets.records import Activity, Project, Provenance
from recall_assets.settings import Settings
from recall_assets.stages.language_model.projects import Told, project_prompt, still_told, told_by
from recall_assets.store import activities, edits, sentences
from recall_assets.store import projects as stored


def describe_projects(engine: Engine, settings: Settings, day: date, provenance: Provenance) -> Outcome | None:
    """Describes the projects of a day, as far as endpoint and budget allow; None where this is off."""
    questions = Questions.of(engine, settings, "project_summaries", provenance.run_id)
    if questions is None:
        return None
    with engine.begin() as connection:
        edits.share(connection)
        living = {one.id: one for one in stored.read_all(connection)}
        _look_again(connection, list(living.values()), provenance)
        seen = {one.project_id for one in activities.read_day(connection, day) if one.project_id is not None}
    for project in (living[one] for one in sorted(seen & living.keys(), key=str)):
        _describe(engine, questions, project.id, provenance)
    return questions.outcome


def _describe(engine: Engine, questions: Questions, project_id: UUID, provenance: Provenance) -> None:
    with engine.connect() as connection:
        project, own = _read(connection, project_id)
        written = sentences.read(connection, "project_id", project_id)
    if project is None or not own or any(one.kind != "inference" for one in written):
        return  # what was imported is the owner's
    found = questions.ask(project_prompt(project, own))
    if found is None or not found.said:
        return
    told = told_by(found, project, own)
    questions.outcome.kept += len(told.sentences) + (told.name != project.name)
    with engine.begin() as connection:
        edits.share(connection)
        _write(connection, project_id, told, provenance)


def _look_again(connection: Connection, projects: list[Project], provenance: Provenance) -> None:
    told = sentences.sentences_of(connection, "project_id", [one.id for one in projects])
    for project in projects:
        ours = [one for one in told[project.id] if one.kind == "inference"]
        if not ours and project.name_source != "llm":
            continue
        own = activities.recent_of_project(connection, project.id)
        now = still_told(project, ours, own)
        if now.name != project.name or len(now.sentences) != len(told[project.id]):
            _write(connection, project.id, now, provenance)


def _write(connection: Connection, project_id: UUID, told: Told, provenance: Provenance) -> None:
    stored.name_by_run(connection, project_id, told.name, told.name_source)
    sentences.replace(connection, "project_id", project_id, told.sentences, provenance)


def _read(connection: Connection, project_id: UUID) -> tuple[Project | None, list[Activity]]:
    living = {one.id: one for one in stored.read_all(connection)}
    return living.get(project_id), activities.recent_of_project(connection, project_id)
