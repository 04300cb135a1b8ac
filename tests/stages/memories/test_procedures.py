"""Procedures are commands after a prompt and numbered steps, in their order; looking around is none."""

from recall_assets.stages.memories.commands import procedures_typed, shape_of
from recall_assets.stages.memories.steps import procedures_written
from tests.stages.memories.drawn_day import day, editor, page, terminal

RUNBOOK = """Restore of the archive
1.  stop the importer
2.  restore the dump into an empty database
3 . compare the counts
Rollback: start the importer with the old database"""


def test_commands_of_a_folder_are_one_procedure_in_their_order() -> None:
    (found,) = procedures_typed(
        day(
            terminal("git checkout -b round-once"),
            terminal("git checkout -b round-once", "vim vat.py"),
            terminal("vim vat.py", "clear; python -m pytest -q", "git status -sb"),
            terminal("git commit -am 'Round once'"),
        )
    )

    assert found.details.splitlines() == [
        "git checkout -b round-once",
        "vim vat.py",
        "python -m pytest -q",
        "git commit -am 'Round once'",
    ]
    assert found.summary == "git checkout, vim, python -m pytest and git commit in ~/src/shop"


def test_the_same_again_is_the_same_topic_and_counted() -> None:
    run = [terminal(f"git checkout {name}", f"vim {name}.py", "make test") for name in ("one", "two")]

    (found,) = procedures_typed(day(run[0], None, run[1]))

    assert (found.times, found.confidence) == (2, 0.9)
    (other,) = procedures_typed(day(run[1], machine="desktop"))
    assert other.topic == found.topic


def test_looking_around_and_two_commands_are_no_procedure() -> None:
    assert [*procedures_typed(day(terminal("ls", "cd x", "git status", "git log --oneline", "cat notes | less")))] == []
    assert [*procedures_typed(day(terminal("make", "vim a.py")))] == []


def test_what_was_still_typed_or_misread_is_one_command() -> None:
    frames = [
        terminal("git check", title="vat.py - VIM"),
        terminal("git checkout main"),
        terminal("git checkout main|"),
        terminal("yim vat.py"),
        terminal("make test"),
    ]
    (found,) = procedures_typed(day(*frames))
    assert found.details.splitlines() == ["git checkout main", "vim vat.py", "make test"]


def test_a_command_that_goes_on_below_is_left_out_and_an_apostrophe_opens_nothing() -> None:
    commit = """git commit -am "don't round twice\""""
    (found,) = procedures_typed(day(terminal("make test", commit, "curl -H 'Accept: text/plain", "git push")))
    assert found.details.splitlines() == ["make test", commit, "git push"]


def test_the_shape_of_a_command_is_its_program_and_subcommand() -> None:
    assert [shape_of(line) for line in ("git push -u origin x", "python -m pytest -q", "./run.sh now", "vim a.py")] == [
        "git push",
        "python -m pytest",
        "run.sh now",
        "vim",
    ]


def test_numbered_lines_of_a_document_are_steps() -> None:
    (found,) = procedures_written(day(editor("runbook.txt", RUNBOOK[:70]), editor("runbook.txt", RUNBOOK)))

    assert found.details.splitlines() == [
        "stop the importer",
        "restore the dump into an empty database",
        "compare the counts",
        "Rollback: start the importer with the old database",
    ]
    assert found.summary == "Restore of the archive, in 3 steps (runbook.txt)"


def test_numbered_questions_and_two_steps_are_no_procedure() -> None:
    asked = "1. Are backups kept?\n2. Where are they kept?\n3. Who may read them?"
    assert [*procedures_written(day(page("Questions", asked)))] == []
    assert [*procedures_written(day(editor("a.txt", "1. stop the importer\n2. start it again")))] == []
