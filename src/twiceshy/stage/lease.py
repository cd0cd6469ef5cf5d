"""The scratch server of a run, which stages side by side share, and the databases on it."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from twiceshy.errors import SchemaFailed
from twiceshy.stage.choice import choose, not_enough
from twiceshy.stage.server import Server
from twiceshy.stage.template import TEMPLATE, Template, Wanting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from twiceshy.config.project import Project
    from twiceshy.stage.binaries import Binaries
    from twiceshy.stage.processes import Keeper

    Build = Callable[[Template], None]


class Lease:
    """One server, as long as the keeper lives that it was started by.

    Every stage on it has worlds with names of their own; two whose schema is made in the same way
    clone the same template. `notes` tell what people must know of the choice of the server.
    """

    server: Server
    template: Template

    def __init__(self, project: Project, keeper: Keeper) -> None:
        self._project = project
        self._keeper = keeper
        self._worlds = itertools.count(1)
        self._templates = itertools.count(2)
        self.notes: list[str] = []

    def start(self, build: Build, name: str = TEMPLATE) -> Iterator[str]:
        """Start a server on which the schema can be made, and make it there, telling each step.

        `build` fills a template. CannotTell when no server of this machine will do.
        """
        wanted: set[str] = set()
        while True:
            chosen, shims = choose(self._project.database, wanted)
            yield f"starting PostgreSQL {chosen.version} ({chosen.label})"
            folder = self._keeper.scratch / f"pg{len(wanted)}"
            self.server = Server(self._keeper, chosen, folder)
            self.server.start()
            self.server.add_shims(shims)
            self.template = Template(self.server, self._keeper, self._project, name)
            yield "building the template database"
            try:
                build(self.template)
            except Wanting as lack:
                if set(lack.features) <= wanted:
                    raise
                wanted |= set(lack.features)
                self.server.stop()
                continue
            except SchemaFailed as error:
                if shims and "does not exist" in error.seen:
                    raise not_enough(shims, error) from error
                raise
            break
        self._note_choice(chosen, shims, wanted)

    def another_template(self, keeper: Keeper, project: Project) -> Template:
        """One more template on the same server, to be built by whoever makes its schema otherwise.

        Commands that build it run under `keeper`.
        """
        return Template(self.server, keeper, project, f"{TEMPLATE}_{next(self._templates)}")

    def new_world(self) -> str:
        """The name of a database that nobody had before."""
        return f"twiceshy_world_{next(self._worlds)}"

    def values(self, database: str) -> dict[str, str]:
        """Placeholders that lead to a database on this server."""
        address = self.server.address
        return {
            "database_url": address.url(database),
            "database_host": "127.0.0.1",
            "database_port": str(address.port),
            "database_name": database,
            "database_user": address.role,
            "database_password": address.password,
        }

    def _note_choice(self, chosen: Binaries, shims: tuple[str, ...], wanted: set[str]) -> None:
        if chosen.label != self._project.database.server:
            self.notes.append(
                f"the embedded server lacks {', '.join(sorted(wanted))}; "
                f"PostgreSQL {chosen.version} of this machine has it and was used"
            )
        if shims:
            named = ", ".join(shims)
            self.notes.append(f"stand-ins of plain SQL took the place of: {named}")
