"""What models that mean harm leave behind: all that is kept of their answers is counted.

hostile models x purposes ─► questions, items dropped by why, fallbacks by why ─► stored words that changed: 0
"""

import os
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from recall_assets.engines.postgres import running_postgres
from recall_assets.settings import load_settings
from recall_assets.store.database import connect
from recall_assets.store.schema import migrate
from tests.language_model.hostile import HOSTILE, ask_everything, store_day, words
from tests.vision.endpoint import standing_in


def main() -> None:
    """Prints the figures."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="recall-bench-")))
        folder.chmod(0o755)  # as root the server's own user must reach its part of it
        os.environ["RECALL_HOME"], os.environ["RECALL_SERVICE_FOLDER"] = str(folder / "home"), str(folder / "service")
        database = stack.enter_context(running_postgres(load_settings()))
        outside = stack.enter_context(standing_in())
        engine = connect(database.url)
        stack.callback(engine.dispose)
        migrate(engine, dump_folder=None)
        told = store_day(engine)
        before = words(engine)
        questions, kept, changed = Counter[str](), Counter[str](), 0
        dropped, reasons = Counter[str](), Counter[str]()
        for model, answers in HOSTILE.items():
            outside.answers = answers
            purposes = ("activity_titles", "project_summaries", "day_summaries", "extracted_memories", "secret_reviews")
            settings = load_settings(llm_url=outside.url, llm_model=model, llm_purposes=purposes)
            for purpose, outcome in ask_everything(engine, settings, told).items():
                questions[purpose] += outcome.asked
                kept[purpose] += outcome.kept
                dropped += outcome.dropped
                reasons += outcome.reasons
            now = words(engine)
            changed += sum(now[name] != before[name] for name in before)
    for purpose, asked in questions.items():
        what = "findings marked, none uncovered" if purpose == "secret_reviews" else "items kept"
        print(f"models that mean harm, {purpose}: {asked} questions of {len(HOSTILE)} models, {kept[purpose]} {what}")
    print(f"models that mean harm, items dropped: {_told(dropped)}")
    print(f"models that mean harm, what rules made stayed: {_told(reasons)}")
    print(f"models that mean harm, stored words that changed: {changed}")


def _told(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {why}" for why, count in counts.most_common())


if __name__ == "__main__":
    main()
