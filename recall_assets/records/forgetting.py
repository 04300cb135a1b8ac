"""What the owner orders to be forgotten, in clear while it is carried out, and as what is kept of it."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

# Keyed digests of words in a row: what is left of words that were forgotten.
SoughtWords = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class ForgetRule:
    """What may not come back: all that it says holds, from `from_at` to before `to_at`; None: any."""

    order_id: int
    deployment_id: str | None = None
    from_at: datetime | None = None
    to_at: datetime | None = None
    app: SoughtWords | None = None
    url: SoughtWords | None = None
    text: SoughtWords | None = None

    @property
    def needs_content(self) -> bool:
        """Whether a sealed envelope must be opened to judge what is in it."""
        return (self.app, self.url, self.text) != (None, None, None)


@dataclass(frozen=True, slots=True)
class ForgetCriteria:
    """What the owner wants forgotten, in clear: all that it says must hold; never stored.

    Args:
        to_at: excluded; never after the moment of the order, for what comes later is not forgotten.
        project_id: what belongs to that project.
        text: words in a row, in whatever was read, told or said.
    """

    to_at: datetime
    from_at: datetime | None = None
    deployment_ids: tuple[str, ...] = ()
    app: str | None = field(default=None, repr=False)
    url: str | None = field(default=None, repr=False)
    project_id: UUID | None = None
    text: str | None = field(default=None, repr=False)

    @property
    def words(self) -> tuple[str | None, str | None, str | None]:
        """Words of the program, of the address, and of any text."""
        return self.app, self.url, self.text

    @property
    def is_of_content(self) -> bool:
        """Whether what was captured must be looked into."""
        return self.words != (None, None, None)

    @property
    def is_of_screens(self) -> bool:
        """Whether only what stood on a screen can be meant."""
        return (self.app, self.url) != (None, None)
