"""Plays a strain: load on the service, faults in the middle, and the account afterwards.

healthy -> fault -> recovered -> stopped -> draining -> reconciling, twice.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg

from twiceshy.errors import CannotTell, StageLost, TwiceshyError
from twiceshy.guards.conservation.account import reconcile
from twiceshy.model.history import Run
from twiceshy.model.load import LoadPlan
from twiceshy.model.strain import StrainRun, written
from twiceshy.rehearsal.ledgers import (
    BEFORE,
    RECORDED,
    describe,
    keep_all,
    keep_rows,
    new_folder,
    without,
)
from twiceshy.rehearsal.phases import phases_of
from twiceshy.rehearsal.questions import Question
from twiceshy.rehearsal.reckoning import about, became, trails_of
from twiceshy.rehearsal.sampling import Sampler
from twiceshy.stage.faults import FaultRig
from twiceshy.traffic.credentials import Credentials
from twiceshy.traffic.load.accepts import BodySays
from twiceshy.traffic.load.fleet import Fleet
from twiceshy.traffic.load.ledger import Ledger
from twiceshy.traffic.load.measure import measure
from twiceshy.traffic.load.schedule import draw, processes_for, seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from twiceshy.model.account import Account
    from twiceshy.model.scenario import Scenario
    from twiceshy.model.strain import Strain
    from twiceshy.postgres.connect import Connection
    from twiceshy.rehearsal.questions import Row
    from twiceshy.rehearsal.scene import Scene

_HOST = "127.0.0.1"
_STEP = 0.02
_TELL_EVERY = 1.0
_ACCOUNTS = 2
_STILL, _APART = 0.2, 1.0
"""Seconds in which nothing waits or changes before the first account, and until the second."""
_MOST_BEFORE = 100_000
_PATIENT = "SET statement_timeout = '60s'"
_LONGEST_GRACE = 30.0
_FAULT_ENDS_WITHIN = 120.0


def play_strain(scene: Scene, scenario: Scenario, *, anew: bool) -> Generator[str, None, Run]:
    """Play it, on a fresh clone where `anew`, and leave the scene to be renewed before other use.

    ReportError for queries that cannot be asked, UsageError for a plan or faults that cannot be,
    CannotTell when the stage breaks before anything was sent.
    """
    strain = scenario.strain
    if strain is None:
        raise CannotTell("There is no strain to play", where=scenario.topic)
    at = time.monotonic() - scene.began
    with ExitStack() as stack:
        # With the doors open before, what is started for the fresh clone is behind them at once.
        rig = stack.enter_context(FaultRig(scene.stage)) if strain.faults else None
        if anew or scene.spent:
            yield from scene.renew(explains=False)
        elif rig is not None:
            yield from scene.restart()
        scene.spent = True
        playing = _Playing(scene, scenario, strain, rig)
        run = yield from playing.play()
    return Run(scenario, at=at, strain=run)


class _Playing:
    """One strain on its way."""

    def __init__(
        self, scene: Scene, scenario: Scenario, strain: Strain, rig: FaultRig | None
    ) -> None:
        self._scene, self._stage, self._strain, self._rig = scene, scene.stage, strain, rig
        self._scenario = scenario
        carried = "amount" in strain.request.slots
        self._recorded = Question(strain.recorded, "recorded", amounts=carried)
        self._drained = Question(strain.drained, "drained") if strain.drained else None
        self._over = seconds(strain.arrivals)
        self._zero = 0
        self._problems: list[str] = []
        self._marks: dict[str, float] = {}

    def play(self) -> Generator[str, None, StrainRun]:
        """Everything, and what became of it."""
        plan = self._plan()
        if self._rig is not None:
            self._rig.check(self._strain.faults)
        self._unlog()
        self._before = self._what_was_before()
        self._folder = new_folder(self._scene.project.root, self._scenario.topic)
        self._about = about(self._scenario, self._strain, self._stage.version)
        describe(self._folder, self._about)
        keep_all(self._folder / BEFORE, self._before.elements())
        sampler = Sampler(
            self._connect,
            self._recorded,
            self._drained,
            self._clock,
            before=self._before.total(),
        )
        with Fleet(plan, self._folder) as fleet:
            fleet.start()
            self._zero = fleet.zero
            if self._rig is not None:
                self._rig.arm(self._strain.faults, self._clock, over=self._over)
            with sampler:
                went_well = yield from self._send(fleet)
                self._mark("draining")
                accounts: list[Account] = []
                drained, drain_seconds = False, 0.0
                if went_well:
                    accounts, drained, drain_seconds = yield from self._settle(sampler)
        self._mark("over")
        return self._concluded(sampler, accounts, drained=drained, drain_seconds=drain_seconds)

    # -- before -------------------------------------------------------------------------------

    def _plan(self) -> LoadPlan:
        strain = self._strain
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        credentials = self._scene.client.credentials.get(strain.actor or "", Credentials())
        return LoadPlan(
            host=_HOST,
            port=self._rig.port if self._rig else self._stage.port,
            request=strain.request,
            arrivals=strain.arrivals,
            headers=credentials.headers,
            amounts=strain.amounts,
            seed=strain.seed,
            connections=strain.connections,
            at_cap=strain.at_cap,
            timeout=strain.timeout,
            grace=max(_LONGEST_GRACE, 2 * strain.timeout),
            retry=strain.retry,
            statuses=strain.statuses,
            accepted=BodySays(strain.accepted) if strain.accepted else None,
            processes=processes_for(draw(strain.arrivals, strain.seed), cores or 1),
        )

    def _unlog(self) -> None:
        """What a crash of the database empties in production, it is to empty here."""
        if self._strain.faults:
            try:
                self._stage.unlog()
            except psycopg.Error as error:
                says = str(error).strip().splitlines()[0]
                self._problems.append(f"Tables could not be made UNLOGGED, as they are: {says}")

    def _what_was_before(self) -> Counter[Row]:
        """The rows that are none of ours; this tells as well whether both queries can be asked."""
        before: Counter[Row] = Counter()
        with closing(self._connect()) as conn, closing(self._recorded.rows(conn)) as rows:
            for row in rows:
                before[row] += 1
                if len(before) > _MOST_BEFORE:
                    raise self._recorded.wrong(
                        "gives too many rows before anything was sent",
                        seen=f"more than {_MOST_BEFORE:,}",
                        todo="restrict it to what comes in, such as by a date, or seed less",
                    )
            if self._drained is not None:
                self._drained.number(conn)
        return before

    # -- load and faults ----------------------------------------------------------------------

    def _send(self, fleet: Fleet) -> Generator[str, None, bool]:
        """Wait until all is sent, answered and taken back; False when the sending itself failed."""
        yield from _until(lambda: fleet.done, lambda: self._says(fleet))
        went_well = True
        try:
            fleet.wait()
        except CannotTell as error:
            self._problems.append(str(error))
            went_well = False
        yield from self._faults_end()
        return went_well

    def _faults_end(self) -> Iterator[str]:
        rig = self._rig
        if rig is None:
            return
        deadline = time.monotonic() + _FAULT_ENDS_WITHIN
        yield from _until(
            lambda: rig.finished or time.monotonic() >= deadline,
            lambda: "all is sent, " + self._faults_say(),
        )
        rig.undo_all()
        for seen in rig.seen():
            if not seen.undone:
                what = written(seen.fault)
                self._problems.append(f"It did not come back after `{what}`: {seen.problem}")

    def _says(self, fleet: Fleet) -> str:
        progress = fleet.progress
        words = [f"{progress.sent:,} of {progress.planned:,} sent, {progress.in_flight} in flight"]
        if progress.unsent:
            words.append(f"{progress.unsent:,} without a connection")
        return ", ".join(words) + (f"; {faults}" if (faults := self._faults_say()) else "")

    def _faults_say(self) -> str:
        if self._rig is None:
            return ""
        now = self._clock()
        words = []
        for seen, due in self._rig.plans(self._over):
            what = written(seen.fault)
            if seen.began is not None:
                words.append(f"{what}: " + ("over" if seen.ended is not None else "under way"))
            elif due is None or due < now:
                words.append(f"{what} at {seen.fault.point}")
            else:
                words.append(f"{what} in {due - now:.1f} s")
        return ", ".join(words)

    # -- afterwards ---------------------------------------------------------------------------

    def _settle(self, sampler: Sampler) -> Generator[str, None, tuple[list[Account], bool, float]]:
        """The accounts, whether all was processed in time, and after how many seconds.

        What moves between the two accounts shows that the first one came too early: both are made
        up again, as long as there is time.
        """
        began = self._clock()
        sampler.hurry()
        while True:
            since = yield from self._drain(sampler, began)
            accounts = yield from self._reconcile()
            if since is None:
                return accounts, False, self._marks["reconciling"] - began
            if len(accounts) < _ACCOUNTS or sampler.quiet(began)[0] == since:
                return accounts, True, since - began
            if self._clock() - began > self._strain.drain_within:
                return accounts, False, self._clock() - began

    def _drain(self, sampler: Sampler, began: float) -> Generator[str, None, float | None]:
        """Since when nothing waits or changes; None when that does not come to pass in time."""
        deadline = began + self._strain.drain_within + _STILL
        yield from _until(
            lambda: sampler.quiet(began)[1] > _STILL or self._clock() > deadline,
            lambda: self._drain_says(sampler),
        )
        since, lasted = sampler.quiet(began)
        if lasted > _STILL:
            return since
        if sampler.trouble:
            self._problems.append(f"It could not be seen what waits: {sampler.trouble}")
        return None

    def _drain_says(self, sampler: Sampler) -> str:
        if not sampler.samples:
            return "waiting until everything is processed"
        last = sampler.samples[-1]
        waits = "" if last.waiting is None else f", {last.waiting:,} wait"
        return f"waiting until everything is processed: {last.recorded:,} recorded{waits}"

    def _reconcile(self) -> Generator[str, None, list[Account]]:
        """The account, twice; fewer when the database does not answer, with the problem kept."""
        accounts: list[Account] = []
        self._mark("reconciling")
        try:
            for nth in range(_ACCOUNTS):
                yield f"making up the account{' again' if nth else ''}"
                accounts.append(self._account())
                due = time.monotonic() + _APART * (not nth)
                time.sleep(max(0.0, due - time.monotonic()))
        except (psycopg.Error, OSError) as error:
            self._problems.append(f"The database did not answer any more: {str(error).strip()}")
        except TwiceshyError as error:
            self._problems.append(str(error))
        return accounts

    def _account(self) -> Account:
        with closing(self._connect()) as conn, closing(self._recorded.rows(conn)) as rows:
            ours = keep_rows(self._folder / RECORDED, without(rows, self._before))
            with closing(ours):
                return reconcile(Ledger(self._folder), ours)

    def _concluded(
        self, sampler: Sampler, accounts: list[Account], *, drained: bool, drain_seconds: float
    ) -> StrainRun:
        ledger = Ledger(self._folder)
        faults = self._rig.seen() if self._rig else ()
        self._look_at_the_stage()
        second = accounts[1] if len(accounts) > 1 else None
        run = StrainRun(
            figures=measure(ledger),
            first=accounts[0] if accounts else None,
            second=second,
            trails=trails_of(ledger, second) if second else (),
            faults=faults,
            samples=tuple(sampler.samples),
            drained=drained,
            drain_seconds=drain_seconds,
            ledger=str(self._folder.relative_to(self._scene.project.root)),
            problem="\n".join(dict.fromkeys(self._problems)) or None,
        )
        waits = self._strain.at_cap == "wait"  # whoever waits for a connection arrives as it can
        arrived = self._marks["draining"] if waits else self._over
        run = replace(run, phases=phases_of(run.faults, self._marks, arrived))
        describe(self._folder, {**self._about, "became": became(run)})
        return run

    def _look_at_the_stage(self) -> None:
        """A service that ended by itself is told, even where the account is in order."""
        if self._problems:
            return
        try:
            self._stage.check_alive()
        except StageLost as error:
            self._problems.append(str(error))

    # -- what all of this needs ---------------------------------------------------------------

    def _clock(self) -> float:
        return (time.monotonic_ns() - self._zero) / 1e9 if self._zero else 0.0

    def _mark(self, name: str) -> None:
        self._marks[name] = self._clock()

    def _connect(self) -> Connection:
        conn = self._stage.server.connect(self._stage.database)
        # A query of the guard that takes for ever must not look like a run that does.
        conn.execute(_PATIENT)
        return conn


def _until(over: Callable[[], bool], says: Callable[[], str]) -> Iterator[str]:
    """Wait for it, and tell about every second how it stands."""
    told = time.monotonic()
    while not over():
        time.sleep(_STEP)
        if time.monotonic() - told >= _TELL_EVERY:
            told = time.monotonic()
            yield says()
