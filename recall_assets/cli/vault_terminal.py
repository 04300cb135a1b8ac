"""The person at the terminal: asked for PIN and code, told to touch, shown a code or a value once.

    what is shown once stands on the terminal's second screen, which keeps no history ─► cleared
    no terminal (a pipe, a log, a service): refused

No value goes through logging; prompts go to standard error, so that `--json` stays clean.
"""

import getpass
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from recall_assets.errors import InputError, VaultError

_SECOND_SCREEN, _FIRST_SCREEN, _CLEAR = "\x1b[?1049h", "\x1b[?1049l", "\x1b[2J\x1b[H"


def require_terminal() -> None:
    """Nothing, if a person can read and answer.

    Raises:
        VaultError: input or output is no terminal.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise VaultError("This is shown and typed on a terminal only.", "Run the command in one, without a pipe.")


class AtTerminal:
    """A person with a security key."""

    def touch(self) -> None:
        """Tells that the key waits."""
        tell("Touch the key.")

    def pin(self) -> str:
        """Asks for the key's PIN, which is not shown."""
        try:
            return getpass.getpass("PIN of the key: ")
        except EOFError:
            return ""


def tell(line: str) -> None:
    """A line for the person, beside the output."""
    print(line, file=sys.stderr, flush=True)


def ask(question: str) -> str:
    """A line that was typed.

    Raises:
        InputError: the terminal was closed.
    """
    try:
        return input(question)
    except EOFError:
        raise InputError("Nothing was typed.") from None


def confirm(question: str) -> bool:
    """Whether the person typed yes."""
    return ask(f"{question} [y/N] ").strip().lower() in {"y", "yes"}


def ask_code(question: str = "Recovery code: ") -> str:
    """A recovery code as it was typed; it leaves no trace on the first screen."""
    require_terminal()
    with _second_screen():
        return ask(question)


def show_code_once(code: str) -> None:
    """Shows a recovery code until the person goes on, and has it typed back.

    Raises:
        VaultError: no terminal, or it was typed wrong three times.
    """
    from recall_assets.vault.recovery_code import normalised

    require_terminal()
    with _second_screen():
        print("The recovery code of your vault. Write it on paper; it is shown this once.\n")
        print(f"    {code}\n")
        print("With it and this database all of the vault can be opened, without any key.\n")
        ask("Press Enter when you have written it down. ")
    for _ in range(3):
        try:
            if normalised(ask_code("Type it back: ")) == normalised(code):
                return
            tell("That is another code.")
        except VaultError as error:
            tell(error.problem)
    raise VaultError("The code was not typed back.", "Nothing was changed; start again.")


def show_value(lines: list[str], seconds: int) -> None:
    """Shows a value until Enter, at most that long, and clears it."""
    require_terminal()
    with _second_screen():
        for line in lines:
            print(line)
        print(f"\nEnter clears this; so do {seconds} seconds.")
        select.select([sys.stdin], [], [], seconds)
    if select.select([sys.stdin], [], [], 0)[0]:
        sys.stdin.readline()


@contextmanager
def _second_screen() -> Iterator[None]:
    print(_SECOND_SCREEN + _CLEAR, end="", flush=True)
    try:
        yield
    finally:
        print(_CLEAR + _FIRST_SCREEN, end="", flush=True)
