"""Titles of activities in a language model's words: asked about each that rules titled anew, kept where it stands.

activities of the day ─► as rules describe them ─► asked, one a question: no screen has a word in another's title
                                                └► title_source llm; the owner's and locked ones are never asked about
"""

from sqlalchemy import Engine

from recall_assets.language_model.questions import Outcome, Questions
from recall_assets.records import Activity, DeploymentDay, Provenance
from recall_assets.settings import Settings
from recall_assets.stages.day_summaries.day import Day, day_of
from recall_assets.stages.language_model.titles import is_open, title_prompt
from recall_assets.stages.sentences import describe
from recall_assets.store import activities, edits, frames, projects, transcripts


def title_day(engine: Engine, settings: Settings, partition: DeploymentDay, provenance: Provenance) -> Outcome | None:
    """Titles the partition's activities, as far as endpoint and budget allow; None where this is off."""
    questions = Questions.of(engine, settings, "activity_titles", provenance.run_id)
    if questions is None:
        return None
    day = _by_rules(engine, partition)
    for activity in day.activities if day is not None else ():
        if is_open(activity):
            _title(engine, questions, activity, day)
    return questions.outcome


def _by_rules(engine: Engine, partition: DeploymentDay) -> Day | None:
    with engine.connect() as connection:
        own = activities.read_day(connection, partition)
        if not own:
            return None
        shown, said = frames.read_day(connection, partition), transcripts.read_day(connection, partition)
        known = projects.read_all(connection)
    return day_of([describe(one, shown, said) if is_open(one) else one for one in own], known, shown, said)


def _title(engine: Engine, questions: Questions, activity: Activity, day: Day | None) -> None:
    assert day is not None
    found = questions.ask(title_prompt(activity, day))
    if found is None or not found.said:
        return
    with engine.begin() as connection:
        edits.share(connection)
        if activities.retitle(connection, activity.id, found.said[0].text):
            questions.outcome.kept += 1
