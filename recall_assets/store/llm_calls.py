"""Each question to a model as a row, with what it cost and nothing of what was said: the budget is counted here."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, func, insert, select

from recall_assets.store.tables import llm_calls


@dataclass(frozen=True, slots=True)
class Call:
    """One question; `error` is one word for why it got no answer."""

    purpose: str
    model: str
    endpoint: str
    input_hash: bytes
    prompt_tokens: int
    completion_tokens: int
    latency_ms: int
    error: str | None = None
    run_id: UUID | None = None


def add(connection: Connection, call: Call) -> None:
    """Notes a question that was asked."""
    connection.execute(insert(llm_calls).values(asdict(call)))


def was_answered(connection: Connection, purpose: str, input_hash: bytes) -> bool:
    """Whether a question with this input got an answer before, whatever was kept of it."""
    c = llm_calls.c
    asked = select(c.id).where(c.purpose == purpose, c.input_hash == input_hash, c.error.is_(None))
    return connection.execute(select(asked.exists())).scalar_one()


def tokens_since(connection: Connection, purpose: str, moment: datetime) -> int:
    """How many tokens questions of this purpose took since then."""
    c = llm_calls.c
    spent = select(func.coalesce(func.sum(c.prompt_tokens + c.completion_tokens), 0))
    return int(connection.execute(spent.where(c.purpose == purpose, c.at >= moment)).scalar_one())


@dataclass(frozen=True, slots=True)
class Spent:
    """What a model took for a purpose, ever since."""

    purpose: str
    model: str
    prompt_tokens: int
    completion_tokens: int
    calls: int
    failed: int


def spent(connection: Connection) -> list[Spent]:
    """What each model took, by purpose and model."""
    c = llm_calls.c
    sums = (func.sum(c.prompt_tokens), func.sum(c.completion_tokens), func.count(), func.count(c.error))
    rows = connection.execute(
        select(c.purpose, c.model, *sums).group_by(c.purpose, c.model).order_by(c.purpose, c.model)
    )
    return [Spent(*row) for row in rows]
