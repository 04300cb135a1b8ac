"""A real OpenAI-compatible server: llama.cpp with a tiny model. Its contract counts, not its prose."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select

from recall_assets.engines import chat
from recall_assets.engines.chat import Endpoint
from recall_assets.language_model.days import summarised
from recall_assets.model_settings import PURPOSES
from recall_assets.settings import Settings, load_settings
from recall_assets.stages.language_model import Prompt, question
from recall_assets.stages.language_model.days import day_prompt
from recall_assets.stages.sentences.support import unsupported
from recall_assets.store.tables import llm_calls
from tests.architecture.tree import ROOT
from tests.language_model.hostile import ON_SCREEN, ask_everything, store_day, words
from tests.language_model.told import day
from tests.stages.day_summaries.drawn_days import DAY

pytestmark = pytest.mark.system
# Generating is slow on a machine that does much else; how long it takes says nothing of the contract.
SECONDS = 1500.0


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    started = [sys.executable, "-m", "tests.system.llama_server"]
    with subprocess.Popen(
        started, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout is not None
        yield f"{server.stdout.readline().strip()}/v1"
        server.kill()


def test_it_answers_in_the_form_that_it_is_asked_for_and_counts_tokens(url: str) -> None:
    whole = day_prompt(day())
    prompt = Prompt(whole.form, whole.cards[:1])

    answer = chat.complete(Endpoint(url, "small", SECONDS), question(prompt, "0f1e2d3c") | {"max_tokens": 80})

    assert answer.prompt_tokens
    assert answer.completion_tokens
    if answer.completion_tokens < 80:  # it came to an end: then the schema holds
        told = json.loads(answer.text)
        assert {source for one in told["sentences"] for source in one["sources"]} <= {"a1"}


def test_every_purpose_leaves_nothing_that_its_sources_do_not_say(
    url: str, database: Engine, settings: Settings
) -> None:
    small = {"llm_url": url, "llm_model": "small", "llm_seconds": 15.0, "llm_purposes": PURPOSES}
    told = store_day(database)

    found = ask_everything(database, load_settings(**small), told)

    assert {purpose for purpose, outcome in found.items() if not outcome.asked} == set()
    says = [text for card in day_prompt(told).cards for text in card.says] + [ON_SCREEN]
    kept = words(database)
    texts = [text for text, source in (*kept["titles"], *kept["projects"], *kept["memories"]) if source == "llm"]
    texts += [text for text, kind in kept["sentences"] if kind == "inference"]
    assert {text: unsupported(text, says) for text in texts if unsupported(text, says)} == {}


def test_a_day_has_a_summary_whatever_it_says(url: str, database: Engine, settings: Settings) -> None:
    told = load_settings(llm_url=url, llm_model="small", llm_seconds=SECONDS)

    summary, outcome = summarised(database, told, DAY, day())

    assert summary
    assert outcome
    assert (summary.summary_kind == "llm") == (outcome.reason is None)
    says = [text for card in day_prompt(day()).cards for text in card.says]
    for sentence in summary.sentences[1:]:
        assert sentence.sources
        assert sentence.kind == "fact" or unsupported(sentence.text, says) == []
    with database.connect() as connection:
        (call,) = connection.execute(select(llm_calls)).all()
    assert call.prompt_tokens > 100
