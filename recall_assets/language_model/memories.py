"""Facts of a day in a language model's words, beside those of the rules: an activity at a time, as far as they stand.

lines of an activity ─► asked ─┬─ facts that stand ─► rows of semantic_memory, summary_kind llm
                               └─ no new answer ─► what it said before, as far as the lines still say it
"""

from collections.abc import Callable
from datetime import date

from sqlalchemy import Connection, Engine

from recall_assets.language_model.questions import Outcome, Questions
from recall_assets.records import Memory, MemoryKind, Provenance, SourceKind
from recall_assets.settings import Settings
from recall_assets.stages.language_model.memories import fact_prompts, facts_said, still_facts
from recall_assets.stages.memories import Day
from recall_assets.store import memories


def extract_facts(
    engine: Engine,
    settings: Settings,
    day: date,
    read: Callable[[Connection, date], Day],
    provenance: Provenance,
) -> Outcome | None:
    """Writes what a model finds worth knowing of a day, as far as endpoint and budget allow; None where this is off."""
    questions = Questions.of(engine, settings, "extracted_memories", provenance.run_id)
    if questions is None:
        return None
    with engine.connect() as connection:
        told = read(connection, day)
        before = memories.read_day(connection, day, summary_kind="llm")
    facts: dict[object, Memory] = {}
    for activity, prompt in fact_prompts(told):
        found = questions.ask(prompt)
        mine = [one for one in before if (SourceKind.ACTIVITY, activity.id) in {(s.kind, s.id) for s in one.sources}]
        kept = still_facts(mine, prompt) if found is None else facts_said(found, told)
        facts |= {one.id: one for one in kept}
        if found is not None:
            questions.outcome.dropped["states_nothing"] += found.dropped["states_nothing"]
    questions.outcome.kept = len(facts)
    with engine.begin() as connection:
        memories.replace_day(
            connection, day, [MemoryKind.SEMANTIC], list(facts.values()), provenance, summary_kind="llm"
        )
    return questions.outcome
