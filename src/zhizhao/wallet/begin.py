"""How a verb of two units of work opens them.

Almost every verb is handed one open transaction. A few must commit a counted try before its outcome is known, so that
neither a race nor a rollback gives a guess back (SECURITY.md T3); they are handed this opener instead.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from zhizhao.storage.database import Transaction

Begin = Callable[[], AbstractAsyncContextManager[Transaction]]
"""Opens one writing transaction that commits at its end: `Database.write`."""
