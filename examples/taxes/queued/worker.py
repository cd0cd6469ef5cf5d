"""Works on the queue: `python -m queued.worker`."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import UTC, datetime

import procrastinate.exceptions
import psycopg
import psycopg_pool

from queued.jobs import app, connections

# Seconds in progress after which a job counts as abandoned.
PATIENCE = 1.0
AWAY = (
    procrastinate.exceptions.ProcrastinateException,
    psycopg.Error,
    psycopg_pool.PoolTimeout,
    OSError,
)

log = logging.getLogger(__name__)


async def work() -> None:
    """Work on jobs; procrastinate's worker ends when its connections break, so begin again."""
    while True:
        try:
            await app.run_worker_async(
                concurrency=2,
                fetch_job_polling_interval=1,
                delete_jobs="successful",
                install_signal_handlers=False,
            )
        except AWAY as error:
            log.warning("again in a moment: %s", error)
        await asyncio.sleep(0.2)


async def rescue() -> None:
    """Give back to the queue what stays in progress: its worker died, or could not tell its end.

    Nobody else would. A payment takes milliseconds, and one that comes twice is entered once.
    """
    seen: dict[int, float] = {}
    while True:
        await asyncio.sleep(0.3)
        now = time.monotonic()
        try:
            doing = await app.job_manager.list_jobs_async(status="doing")
            seen = {job.id: seen.get(job.id, now) for job in doing if job.id is not None}
            for job in [job for job, since in seen.items() if now - since > PATIENCE]:
                await app.job_manager.retry_job_by_id_async(job, datetime.now(UTC))
        except AWAY as error:
            log.warning("nobody rescued: %s", error)


async def main() -> None:
    async with connections, app.open_async(connections):
        await asyncio.gather(work(), rescue())


if __name__ == "__main__":
    asyncio.run(main())
