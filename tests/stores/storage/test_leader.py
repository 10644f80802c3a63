"""One leads, the others stand by; a lost lock ends the leader's work."""

import asyncio

from sqlalchemy.engine import make_url

from factories.postgres import Postgres
from zhizhao.storage.database import Database
from zhizhao.storage.leader import LOCK, lead

SOON = 0.05


class Process:
    """A process that wants to lead."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        self.stop = asyncio.Event()
        self.leading = asyncio.Event()
        self.ended = asyncio.Event()
        self.times = 0
        self.task = asyncio.create_task(lead(self.database, self.work, stop=self.stop, retry_seconds=SOON))

    async def work(self, end: asyncio.Event) -> None:
        """Work until told to end."""
        self.times += 1
        self.ended.clear()
        self.leading.set()
        await end.wait()
        self.leading.clear()
        self.ended.set()

    async def close(self) -> None:
        """Stop and close."""
        self.stop.set()
        await asyncio.wait_for(self.task, 10)
        await self.database.close()


class TestLead:
    """Leading and standing by."""

    async def test_one_process_leads_at_once(self, database_url: str) -> None:
        """On both stores the only process leads, and ends when told."""
        only = Process(database_url)
        await asyncio.wait_for(only.leading.wait(), 5)
        await only.close()
        assert only.ended.is_set()

    async def test_the_second_waits_for_the_first(self, postgres_url: str) -> None:
        """While one leads the other stands by; when the first stops, the second leads."""
        first = Process(postgres_url)
        await asyncio.wait_for(first.leading.wait(), 5)
        second = Process(postgres_url)
        await asyncio.sleep(5 * SOON)
        assert not second.leading.is_set()
        await first.close()
        await asyncio.wait_for(second.leading.wait(), 5)
        await second.close()

    async def test_a_lost_lock_ends_the_work(self, postgres: Postgres, postgres_url: str) -> None:
        """The server ends the leader's session: its work is told to end, somebody leads again, never two for long."""
        first = Process(postgres_url)
        await asyncio.wait_for(first.leading.wait(), 5)
        second = Process(postgres_url)
        name = make_url(postgres_url).database
        postgres.sql(
            "SELECT pg_terminate_backend(l.pid, 5000) FROM pg_locks l JOIN pg_database d ON d.oid = l.database "  # noqa: S608 the test's own name
            f"WHERE locktype = 'advisory' AND granted AND objid = {LOCK} AND d.datname = '{name}'"
        )
        await asyncio.wait_for(first.ended.wait(), 5)
        leaders = [asyncio.create_task(process.leading.wait()) for process in (first, second)]
        await asyncio.wait(leaders, timeout=5, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.sleep(5 * SOON)
        assert first.leading.is_set() != second.leading.is_set()
        for task in leaders:
            task.cancel()
        await first.close()
        await second.close()

    async def test_told_to_stop_while_standing_by(self, postgres_url: str) -> None:
        """A standby stops at once and never led."""
        first = Process(postgres_url)
        await asyncio.wait_for(first.leading.wait(), 5)
        second = Process(postgres_url)
        await asyncio.sleep(2 * SOON)
        await second.close()
        assert second.times == 0
        await first.close()

    async def test_no_server_is_standing_by(self, postgres_url: str) -> None:
        """Without a server nobody leads and nothing is raised."""
        gone = make_url(postgres_url).set(port=1).render_as_string(hide_password=False)
        process = Process(gone)
        await asyncio.sleep(4 * SOON)
        await process.close()
        assert process.times == 0
