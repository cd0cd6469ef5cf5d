"""The stages of one run, by the names that scenarios give them, all on one scratch server."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from twiceshy.config.project import Version
from twiceshy.errors import CannotTell, StageLost, TwiceshyError
from twiceshy.model.scenario import BASELINE, STORAGE, UNDER_REHEARSAL
from twiceshy.rehearsal.back_end import BackEnd
from twiceshy.rehearsal.scene import Scene

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from twiceshy.config.project import Project

GIT = "git:"


class Scenes:
    """Brings up each stage when it is first needed, and everything down again.

    `main` is the scene of the version under rehearsal, None while it is not up. The others stand
    on its server and go down with it.
    """

    def __init__(self, project: Project, version: str) -> None:
        self._project = project
        self._version = version
        self.main: Scene | None = None
        self._others: dict[str, Scene | BackEnd] = {}
        self._baseline = ""
        self._failures: dict[str, CannotTell] = {}

    def close(self) -> None:
        """Stop all that is up; the version under rehearsal last, for its server is everybody's."""
        with ExitStack() as closing:
            for scene in (self.main, *self._others.values()):
                if scene is not None:
                    closing.callback(scene.close)
            self._others.clear()
            self.main = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What people must know, with every verdict, of the stages that are up."""
        stages = [scene.stage for scene in (self.main, *self._others.values()) if scene]
        return tuple(dict.fromkeys(note for stage in stages for note in stage.notes))

    def knew(self, failure: CannotTell) -> bool:
        """Whether this is how a stage failed to come up; it is not tried again."""
        return failure in self._failures.values()

    def go_up(self, *, scripts_only: bool) -> Iterator[str]:
        """Have the version under rehearsal up; CannotTell why not, the same one each time."""
        if UNDER_REHEARSAL in self._failures:
            raise self._failures[UNDER_REHEARSAL]
        if self.main is not None and self.main.scripts_only and not scripts_only:
            self.close()
        if self.main is not None:
            if self.main.spent:
                yield from self.main.renew()
            self._catch_up()
            return
        self.main = Scene(self._project, self._version, scripts_only=scripts_only)
        try:
            yield from self.main.open()
        except CannotTell as failure:
            self._failures[UNDER_REHEARSAL] = failure
            self.close()
            raise
        except BaseException:
            self.close()
            raise

    def _catch_up(self) -> None:
        """Let stages that nobody may ask for in a long while read what they watch.

        The server keeps its log, of all databases, as long as somebody has not read it.
        """
        for scene in self._others.values():
            if isinstance(scene, Scene):
                scene.stage.world.take_changes()

    def on(self, name: str, baseline: str = "") -> Generator[str, None, Scene | BackEnd]:
        """The stage called `name`, up; `baseline` says which version "baseline" is.

        CannotTell when it does not come up. The version under rehearsal must be up.
        """
        if self.main is None:
            raise CannotTell("The stage is not up", where=name)
        if name == UNDER_REHEARSAL:
            return self.main
        if name.startswith(STORAGE):
            storage = name.removeprefix(STORAGE)
            if name not in self._others:
                self._others[name] = BackEnd(self._project, self._version, storage, self.main)
            return self._others[name]
        if name != BASELINE or not baseline:
            raise CannotTell(f"There is no stage {name}", todo="name a baseline in the guard")
        if baseline != self._baseline:
            self._forget_baseline()
        if BASELINE not in self._others:
            self._baseline = baseline
            yield from self._bring_up_baseline(self.main, baseline)
        return self._others[BASELINE]

    def _bring_up_baseline(self, main: Scene, baseline: str) -> Iterator[str]:
        if baseline in self._failures:
            raise self._failures[baseline]
        if baseline == self._version:
            self._failures[baseline] = CannotTell(
                f"The baseline {baseline} is the version under rehearsal, so nothing can differ",
                todo="name another version as the baseline",
            )
            raise self._failures[baseline]
        try:
            scene = Scene(_with_version(self._project, baseline), baseline, like=main)
            self._others[BASELINE] = scene
            for says in scene.open():
                yield f"baseline {baseline}: {says}"
        except StageLost:
            # It says nothing of the baseline when the server that all share went away.
            self._forget_baseline()
            raise
        except TwiceshyError as error:
            self._forget_baseline()
            self._failures[baseline] = CannotTell(
                f"The baseline {baseline} cannot be compared with: {error.happened}",
                where=error.where,
                seen=error.seen,
                todo=error.todo,
            )
            raise self._failures[baseline] from error
        except BaseException:
            self._forget_baseline()
            raise

    def _forget_baseline(self) -> None:
        if BASELINE in self._others:
            self._others.pop(BASELINE).close()


def _with_version(project: Project, name: str) -> Project:
    """The project with `git:REF` among its versions, where it is called so."""
    if not name.startswith(GIT):
        return project
    versions = {**project.versions, name: Version(git=name.removeprefix(GIT))}
    return project.model_copy(update={"versions": versions})
