"""What tables of schema `recall` are made of: names of constraints, vectors, columns that many have."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from sqlalchemy import Column, DateTime, Dialect, MetaData, Sequence, SmallInteger, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.types import UserDefinedType

SCHEMA = "recall"

metadata = MetaData(
    schema=SCHEMA,
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    },
)

# Every landed envelope, and every extension of a frame's seen_until, takes the next number: the sensor's watermark.
arrivals = Sequence("arrivals", metadata=metadata)


def time_column(name: str, *, nullable: bool = False, now: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable, server_default=func.now() if now else None)


class HalfVector(UserDefinedType[npt.NDArray[np.float32]]):
    """pgvector's `halfvec`, of any dimensions; numbers go and come as its text."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "HALFVEC"

    def bind_processor(self, _: Dialect) -> Callable[[npt.NDArray[np.float32] | None], str]:
        return lambda vector: f"[{','.join(map('{:.4g}'.format, [] if vector is None else vector.tolist()))}]"

    def result_processor(self, _: Dialect, __: object) -> Callable[[str], npt.NDArray[np.float32]]:
        return lambda text: np.array(text[1:-1].split(","), dtype=np.float32)


# So that a reflected column is known again, also where the extension lies in our schema.
ischema_names.update({"halfvec": HalfVector, f"{SCHEMA}.halfvec": HalfVector})


def derived_columns() -> tuple[Column[object], ...]:
    """By which code, in which Dagster run and when a derived row was made."""
    return (
        Column("code_version", Text, nullable=False),
        Column("run_id", Uuid),
        time_column("created_at", now=True),
    )


def status_columns(name: str) -> tuple[Column[object], ...]:
    """A stage's status with what a worker that dies in between leaves behind."""
    return (
        Column(name, SmallInteger, nullable=False, server_default=text("0")),
        Column("attempts", SmallInteger, nullable=False, server_default=text("0")),
        Column("error", Text),
    )
