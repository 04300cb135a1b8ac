"""Doubtful findings looked at by a language model: its word changes how they are listed, never what is covered.

rows of secrets by doubtful rules ─► redacted lines around the mark ─► asked ─► secrets.review: secret, no_secret
"""

from sqlalchemy import Engine

from recall_assets.language_model.questions import Outcome, Questions
from recall_assets.records import DeploymentDay, Provenance
from recall_assets.settings import Settings
from recall_assets.stages.language_model.secret_review import Doubtful, review_prompts, verdict_of
from recall_assets.stages.secrets import is_doubtful
from recall_assets.store import frames, secrets


def review_secrets(
    engine: Engine, settings: Settings, partition: DeploymentDay, provenance: Provenance
) -> Outcome | None:
    """Asks about the partition's doubtful findings, as far as endpoint and budget allow; None where this is off."""
    questions = Questions.of(engine, settings, "secret_reviews", provenance.run_id)
    if questions is None:
        return None
    with engine.connect() as connection:
        found = [
            Doubtful(one.id, one.kind, one.rule, one.place, one.frame_id)
            for one in secrets.on_frames(connection, partition)
            if one.frame_id is not None and is_doubtful(one.rule)
        ]
        shown = {one.id: one for one in frames.read_day(connection, partition)} if found else {}
    for ids, prompt in review_prompts(partition.day, found, shown):
        answer = questions.ask(prompt)
        verdict = None if answer is None else verdict_of(answer)
        if verdict is not None:
            questions.outcome.kept += len(ids)
            with engine.begin() as connection:
                secrets.review(connection, ids, verdict)
    return questions.outcome
