from __future__ import annotations

from pathlib import Path

from twiceshy.config.project import Process, Project, Storage
from twiceshy.stage.crew import processes_for


def test_processes_of_a_back_end_are_started_for_it_only():
    """What no back end names is started always."""
    project = Project(
        root=Path("/p"),
        file=Path("/p/twiceshy.toml"),
        process={name: Process(command=name) for name in ("redis", "maria", "s3", "proxy")},
        storage={
            "maria": Storage(processes=("maria", "proxy")),
            "objects": Storage(processes=("s3", "proxy")),
        },
    )
    assert list(processes_for(project)) == ["redis"]
    assert list(processes_for(project, "maria")) == ["redis", "maria", "proxy"]
    assert list(processes_for(project, "objects")) == ["redis", "s3", "proxy"]
