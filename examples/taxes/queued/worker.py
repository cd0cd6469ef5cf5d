"""Works on the queue: `python -m queued.worker`."""

from __future__ import annotations

import asyncio
import logging

import procrastinate.exceptions
import psycopg
import psycopg_pool

from queued.jobs import app, connections

# Seconds without a sign of life after which a worker counts as dead.
PATIENCE = 3.0
AWAY = (
    procrastinate.exceptions.ProcrastinateException,
    psycopg.Error,
    psycopg_pool.PoolTimeout,
    OSError,
)

log = logging.getLogger(__name__)


async def work() -> None:
    """Work on jobs, again after each failure of the database."""
    while True:
        try:
            await app.run_worker_async(
                concurrency=2,
                fetch_job_polling_interval=1,
                update_heartbeat_interval=PATIENCE / 3,
                stalled_worker_timeout=PATIENCE,
                delete_jobs="successful",
            )
        except AWAY as error:
            log.warning("again in a moment: %s", error)
            await asyncio.sleep(0.2)
        else:
            return


async def rescue() -> None:
    """Give back to the queue what a dead worker was busy with: nobody else would."""
    while True:
        await asyncio.sleep(1)
        try:
            stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=PATIENCE)
            for job in stalled:
                await app.job_manager.retry_job(job)
        except AWAY as error:
            log.warning("nobody rescued: %s", error)


async def main() -> None:
    async with connections, app.open_async():
        rescuer = asyncio.create_task(rescue())
        await work()
        rescuer.cancel()


if __name__ == "__main__":
    asyncio.run(main())
