"""Everything that Recall raises on purpose.

    RecallError
    ├── SettingsError        a setting, path or permission is wrong
    ├── InputError           what came from outside cannot be used (recording, id, date, zone)
    │   └── UnknownIdError       nothing has that id
    ├── DatabaseError        PostgreSQL is away, too old, or lacks an extension
    │   └── SchemaError      the schema is older or newer than this code
    ├── EngineError          a program behind an engine failed, or took too long
    │   ├── NoSpeechEngineError  sound waits, sealed, until an engine is installed
    │   └── ModelError           a model's endpoint gave no answer that can be used
    ├── UnreadableImageError one image cannot be decoded; the frame becomes status 2
    ├── UnreadableSoundError one sound file cannot be decoded; the segment becomes status 2
    ├── LandingError         an envelope cannot be opened, or its content is not what it claims
    │   └── LandingKeyGoneError  the private half of the landing key that it is sealed to is not here
    ├── VaultError           the vault cannot seal or open: no key, wrong PIN or code, damaged slot
    │   ├── VaultTamperedError  keys or rows are not the ones that were pinned: somebody changed the database
    │   └── UnprovenError       whoever asks for a change has not shown that they can open the vault
    ├── RunError             a Dagster run failed; names asset, partition and run
    ├── AlreadyRunningError  another `recall up` holds this home
    └── NotRunningError      the command needs something that does not run

Each message is for the person at the terminal: what happened, then what to do. No message carries screen text.
"""


class RecallError(Exception):
    """Base of all errors; the command line prints its message and exits with 1.

    Args:
        problem: what happened, without screen text.
        remedy: what the owner can do about it; empty where nothing helps.
    """

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(f"{problem}\n{remedy}" if remedy else problem)
        self.problem = problem
        self.remedy = remedy


class SettingsError(RecallError):
    """A setting, path or permission is wrong."""


class InputError(RecallError):
    """What came from outside cannot be used."""


class UnknownIdError(InputError):
    """Nothing has the id that was given."""


class DatabaseError(RecallError):
    """PostgreSQL is away, too old, or lacks an extension."""


class SchemaError(DatabaseError):
    """The schema in the database is not the one that this code was written for."""


class EngineError(RecallError):
    """A program behind an engine failed, or took too long."""


class NoSpeechEngineError(EngineError):
    """Nothing here can turn speech into text."""


class ModelError(EngineError):
    """A model's endpoint gave no answer that can be used.

    Args:
        reason: one word for it, by which failures are counted.
    """

    def __init__(self, reason: str, problem: str, remedy: str) -> None:
        super().__init__(problem, remedy)
        self.reason = reason


class UnreadableImageError(RecallError):
    """One image cannot be decoded."""


class UnreadableSoundError(RecallError):
    """One sound file cannot be decoded."""


class LandingError(RecallError):
    """An envelope cannot be opened, or its content is not what it claims."""


class LandingKeyGoneError(LandingError):
    """An envelope is sealed to a landing key whose private half is not here."""


class VaultError(RecallError):
    """The vault cannot seal or open."""


class VaultTamperedError(VaultError):
    """The vault's keys or rows are not the ones that were pinned outside the database."""


class UnprovenError(VaultError):
    """Whoever asks for a change of the vault has not shown that they can open it."""


class RunError(RecallError):
    """A Dagster run failed."""


class AlreadyRunningError(RecallError):
    """Another `recall up` holds this home."""


class NotRunningError(RecallError):
    """The command needs something that does not run."""
