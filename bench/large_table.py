"""Rewind in a table of a million rows."""

from __future__ import annotations

import scratch
from measuring import Line, Result, Sample, ratio, show, timed

_TEXT = """\
A table of 1,000,000 rows (150 MB with its two indexes), of which some are updated by the service.
Then, as after each request, the stage reads what was changed; then everything is taken back. The
peer drops the clone and clones the template again."""
_CASES = ((1, 2.0, 100), (1_000, 15.0, 40))


def measure() -> Result:
    """One row changed, and a thousand."""
    result = Result("Rewind in a table of 1,000,000 rows", _TEXT)
    with scratch.server() as server:
        scratch.template(server, "template_big", scratch.MILLION)
        theirs = Sample([_clone_and_drop(server) for _ in range(5)])
        with (
            scratch.world(server, "big", "template_big") as world,
            scratch.service(server, "big") as conn,
        ):
            for rows, budget, rounds in _CASES:
                pairs = [_rewind(world, conn, rows, number) for number in range(rounds)]
                settled, ours = (Sample(list(values)) for values in zip(*pairs, strict=True))
                named = f"{rows:,} row{'s' if rows > 1 else ''}"
                result.lines.append(Line(f"{named} changed: rest and changes", str(settled)))
                result.lines.append(
                    Line(
                        f"{named} changed: rewind",
                        str(ours),
                        str(theirs),
                        ratio(ours, theirs),
                        f"{budget:g} ms",
                        ours.median <= budget,
                    )
                )
    return result


def _rewind(world, conn, rows, number) -> tuple[float, float]:
    first = 1 + (number * 7919) % 900_000
    conn.execute(
        "UPDATE big SET n = n + 1, text = text || '!' WHERE id BETWEEN %s AND %s",
        [first, first + rows - 1],
    )

    def act() -> None:
        assert world.rewind(), world.why_not

    return timed(lambda: world.settle(5)), timed(act)


def _clone_and_drop(server) -> float:
    scratch.clone(server, "big_clone", "template_big")

    def act() -> None:
        scratch.admin(server, "DROP DATABASE big_clone WITH (FORCE)")
        scratch.clone(server, "big_clone", "template_big")
        scratch.service(server, "big_clone").close()

    taken = timed(act)
    scratch.admin(server, "DROP DATABASE big_clone WITH (FORCE)")
    return taken


if __name__ == "__main__":
    show(measure)
