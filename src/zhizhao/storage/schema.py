"""The one metadata object, naming rules and column types of all tables.

A moment is kept as microseconds since 1970 UTC in a BIGINT: the same bytes on both engines, no zone to lose, and
the hot paths bind plain integers.
"""

from datetime import datetime

from sqlalchemy import BigInteger, Date, Dialect, Integer, LargeBinary, MetaData, Text
from sqlalchemy.types import TypeDecorator

from zhizhao.kernel.clock import from_micros, to_micros

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BigInt = BigInteger().with_variant(Integer(), "sqlite")
"""64-bit integer on both engines (SQLite gives an INTEGER PRIMARY KEY its row id only under this spelling)."""
Bytes = LargeBinary
String = Text
Day = Date
"""A calendar date of the law, Asia/Shanghai."""


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime, stored as BIGINT microseconds since 1970."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Return the stored integer."""
        del dialect
        return None if value is None else to_micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Return the moment."""
        del dialect
        return None if value is None else from_micros(value)


__all__ = ["BigInt", "Bytes", "Day", "Moment", "String", "metadata"]
