"""Makes the tables of the queue: `python -m queued.schema`."""

from __future__ import annotations

import asyncio

from queued.jobs import app


async def main() -> None:
    async with app.open_async():
        await app.schema_manager.apply_schema_async()


if __name__ == "__main__":
    asyncio.run(main())
