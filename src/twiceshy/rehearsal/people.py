"""Actors as the configuration has them, and their credentials as everybody may see them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from twiceshy.config.auth_file import read_auth_file

if TYPE_CHECKING:
    from twiceshy.config.project import ActorConfig, Project


def actors_of(project: Project) -> dict[str, ActorConfig]:
    """Actors of the configuration; those of an auth file lend them their credentials."""
    actors = dict(project.actors)
    if project.service and project.service.auth:
        for name, read in read_auth_file(project.root / project.service.auth).items():
            own = actors.get(name)
            actors[name] = own.model_copy(
                update={
                    "login": own.login or read.login,
                    "headers": {**read.headers, **own.headers},
                }
            ) if own else read  # fmt: skip
    return actors


def without_secret(name: str, header: str, value: str) -> str:
    """A header line such as `Authorization: Bearer $ANA_TOKEN`, or `Cookie: $ANA_COOKIE`."""
    scheme, blank, _ = value.partition(" ")
    is_token = bool(blank) and ";" not in value
    variable = re.sub(r"\W", "_", f"{name}_{'TOKEN' if is_token else header}").upper()
    return f"{header}: {scheme} ${variable}" if is_token else f"{header}: ${variable}"
