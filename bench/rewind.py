"""Rewind against what everybody does instead: drop the database, clone it again, reconnect."""

from __future__ import annotations

import scratch
from measuring import Line, Result, Sample, alternately, ratio, show, timed

_TEXT = """\
Two rows are changed by a service that stays connected (one updated, one inserted). Then, as after
each request, the stage waits for the service to rest and reads what was changed; then everything is
taken back, rows and sequences. The peer drops the clone, clones the template again with
`CREATE DATABASE ... TEMPLATE` and lets one client reconnect, on the same server in the same minute.
Every table has 100 rows, an index and a sequence."""
_ROUNDS = 15
_REWINDS = 20


def measure() -> Result:
    """On 10, 40 and 200 tables."""
    result = Result("Rewind against clone and drop", _TEXT)
    with scratch.server() as server:
        for number in (10, 40, 200):
            settled, ours, theirs = _compare(server, number)
            result.lines.append(Line(f"{number} tables: rest and changes", str(settled)))
            result.lines.append(
                Line(
                    f"{number} tables: rewind of 2 rows",
                    str(ours),
                    str(theirs),
                    ratio(ours, theirs),
                    "1 ms, 20 times" if number == 40 else "",
                    ours.median <= 1 and theirs.median / ours.median >= 20
                    if number == 40
                    else None,
                )
            )
    return result


def _compare(server, number) -> tuple[Sample, Sample, Sample]:
    source, name, cloned = (f"{kind}_{number}" for kind in ("template", "world", "cloned"))
    scratch.template(server, source, scratch.many_tables(number))
    scratch.clone(server, cloned, source)
    settled: list[float] = []
    taken: list[float] = []
    with scratch.world(server, name, source) as world, scratch.service(server, name) as conn:

        def rewind() -> float:
            for _ in range(_REWINDS):
                _change(conn)
                settled.append(timed(lambda: world.settle(5)))
                taken.append(timed(lambda: _checked(world)))
            return 0.0

        pooled = scratch.service(server, cloned)

        def clone_and_drop() -> float:
            nonlocal pooled
            _change(pooled)

            def act() -> None:
                nonlocal pooled
                scratch.admin(server, f"DROP DATABASE {cloned} WITH (FORCE)")
                scratch.clone(server, cloned, source)
                pooled.close()
                pooled = scratch.service(server, cloned)

            return timed(act)

        theirs = alternately(_ROUNDS, ours=rewind, theirs=clone_and_drop)["theirs"]
        pooled.close()
    return Sample(settled), Sample(taken), theirs


def _change(conn) -> None:
    conn.execute("UPDATE t0 SET n = n + 1 WHERE id = 5")
    conn.execute("INSERT INTO t1 (name) VALUES ('new')")


def _checked(world) -> None:
    assert world.rewind(), world.why_not


if __name__ == "__main__":
    show(measure)
