"""The service on another storage back end, which it finds empty each time."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from twiceshy.config.placeholders import placeholders_in
from twiceshy.errors import ServiceFailed
from twiceshy.stage.checkout import root_of
from twiceshy.stage.crew import Crew
from twiceshy.stage.processes import Keeper

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from twiceshy.config.project import Project
    from twiceshy.stage.crew import Probe
    from twiceshy.stage.stage import Stage

_MIGRATED_WITHIN = 600.0
_EXCERPT = 2000


class BackEndStage:
    """The service of a version on the back end `storage` of the configuration.

    There is no world to watch or to rewind: what a scenario did is gone because the next one gets
    an empty folder, new processes, migrations and a new service. Where commands or variables name
    the database all the same, they get a fresh clone of the template that `beside` has.
    """

    def __init__(
        self, project: Project, version: str, storage: str, *, probe: Probe, beside: Stage
    ) -> None:
        self._project = project
        self._version = version
        self._storage = storage
        self._probe = probe
        self._beside = beside
        self._count = 0
        self._database = ""
        self._keeper_is_up = False

    def close(self) -> None:
        """Stop everything and remove the scratch folder; fine at any moment, and twice."""
        if self._keeper_is_up:
            self._keeper_is_up = False
            self.keeper.close()

    def rise(self) -> Iterator[str]:
        """Prepare what is needed once; CannotTell when that fails."""
        self.keeper = Keeper(self._project.network.allow)
        self._keeper_is_up = True
        root = root_of(self._project, self._version)
        self._crew = Crew(
            self.keeper, self._project, self._version, root, self._probe, storage=self._storage
        )
        yield from self._crew.set_up()

    def renew(self) -> Iterator[str]:
        """Start everything on empty storage; ServiceFailed when something does not come up."""
        self.rest()
        folder = self._new_folder()
        values = {"scratch": str(folder), **self._new_database()}
        yield from self._crew.start_processes(values)
        self._migrate(values)
        yield from self._crew.start_service(values)

    def rest(self) -> None:
        """Stop everything and forget what was stored, until `renew` is called again."""
        self._crew.stop()
        shutil.rmtree(self._folders, ignore_errors=True)
        if self._database:
            self._beside.template.drop(self._database)
            self._database = ""

    @property
    def _folders(self) -> Path:
        return self.keeper.scratch / "storage"

    def _new_folder(self) -> Path:
        self._count += 1
        # Another name each time: what is left of the one before can do no harm.
        folder = self._folders / str(self._count)
        folder.mkdir(parents=True)
        return folder

    def _new_database(self) -> dict[str, str]:
        texts = self._crew.texts()
        named = (name for text in texts for name in placeholders_in(text))
        if not any(name.startswith("database_") for name in named):
            return {}
        lease = self._beside.lease
        self._database = lease.new_world()
        self._beside.template.clone(self._database)
        self.keeper.allow_port(lease.server.address.port)
        return lease.values(self._database)

    def _migrate(self, values: dict[str, str]) -> None:
        code, output = self._crew.migrate(values, _MIGRATED_WITHIN)
        if code != 0:
            raise ServiceFailed(
                f"the migrations ended with exit status {code}",
                where=f"storage.{self._storage}.migrate",
                seen=output[-_EXCERPT:],
                todo="the same command must work on empty storage",
            )

    @property
    def port(self) -> int:
        """Where the service listens."""
        return self._crew.port

    @property
    def notes(self) -> list[str]:
        """What people must know of this stage with every verdict."""
        return self._crew.notes if hasattr(self, "_crew") else []
