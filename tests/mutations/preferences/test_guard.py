"""The guard `contract` meets the mutations of the preferences.

One service hosts many mutants, each below a path and with an account of its own, so that one
rehearsal judges all of them: whose path a finding names, that one was found.
"""

from __future__ import annotations

import json
import os
import shlex
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from mutations.patch import Mutation, copy_of_example
from mutations.preferences import EXAMPLE, SURVIVORS, generated, harmless, named
from mutations.preferences.host import __file__ as host
from twiceshy.config.load import load_project
from twiceshy.guards import confirming
from twiceshy.guards.contract import plan
from twiceshy.model.events import GuardFinished
from twiceshy.model.verdict import Value
from twiceshy.rehearsal.conduct import Rehearsals
from twiceshy.reports import read_report

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from twiceshy.model.verdict import Verdict

NAMED = named()
ALL = (*(each for group in NAMED.values() for each in group), *harmless(), *generated())
LOUD = [mutation for mutation in generated() if mutation.id not in SURVIVORS]
IN_CHECK = 10
# Spread over the whole list, so that every answer and every way has a chance.
SOME = LOUD[3 :: len(LOUD) // IN_CHECK][:IN_CHECK]

WHOLE = {
    "region": "us-east-1",
    "settings": {"replicas": 2, "public": True, "zones": ["a"]},
    "monthly_limit": 99.5,
    "note": "moved",
}
REQUESTS = {
    "replace": ("PUT", "/preferences/aws", WHOLE),
    "tweak": ("PATCH", "/preferences/aws", {"name": "replicas", "value": 5}),
    "one": ("GET", "/preferences/aws", None),
    "all": ("GET", "/preferences", None),
    "file": ("GET", "/preferences/aws/download", None),
    "lines": ("GET", "/preferences/aws/download?form=env", None),
    "budget": ("GET", "/budget", None),
    "provider": ("GET", "/providers", None),
}
SHOWING = {
    "preference": "one",
    "budget": "budget",
    "provider": "provider",
    "all": "all",
    "one": "one",
}
# What shows a mutation. A check asks only that; the soak asks everything of everybody.
SHOWN_BY = {
    "that-night": "replace",
    "cents-kept": "one",
    "since-1970": "one",
    "bare-list": "all",
    "inner-join": "all",
    "written-twice": "file",
    "printed": "file",
    "null-crash": "lines",
    "none-as-text": "one",
    "lost-with-null": "all",
    "lists-as-text": "provider",
    "notes-forgotten": "replace",
    **{each.id: SHOWING[each.id.partition(".")[0]] for each in generated()},
}
CONFIGURATION = """\
[database]
migrate = "{{python}} -m preferences.migrate --with first.json"

[service]
command = ["{{python}}", {host}, "mutants", "--port", "{{port}}"]
ready = "GET /health"
env = {{ STORAGE_URL = "{{database_url}}", PYTHONPATH = {path} }}

[versions.plain]
command = "{{python}} {host_word} mutants --port {{port}} --plain"

[storage.sqlite]
env = {{ STORAGE_URL = "sqlite://{{scratch}}/preferences.db" }}
migrate = "{{python}} -m preferences.migrate --with few.json"

[storage.folder]
env = {{ STORAGE_URL = "file://{{scratch}}/preferences" }}
migrate = "{{python}} -m preferences.migrate --with few.json"
"""


class Crowd:
    """A project whose service hosts mutants; its guards are made as they are asked for."""

    def __init__(self, root: Path, mutants: Iterable[Mutation]) -> None:
        self.root = copy_of_example(root, EXAMPLE)
        mutants = list(mutants)
        for mutation in (Mutation("plain", "the service of today", ()), *mutants):
            mutation.apply(copy_of_example(self.root / "mutants" / mutation.id, EXAMPLE))
        few = [*harmless(), *NAMED["storage"]]
        (self.root / "first.json").write_text(json.dumps(_rows(mutants)))
        (self.root / "few.json").write_text(json.dumps(_rows(few)))
        text = CONFIGURATION.format(
            host=json.dumps(host),
            host_word=shlex.quote(host),
            path=json.dumps(os.environ.get("PYTHONPATH", "")),
        )
        (self.root / "twiceshy.toml").write_text(text)
        self.stage = Rehearsals(load_project(self.root))

    def rehearsed(
        self, mutants: Iterable[Mutation], more: str, requests: Iterable[str] = ()
    ) -> Verdict:
        """The verdict of one guard that asks all these mutants, the same or what shows them."""
        entries = [
            _entry(mutation, *REQUESTS[name])
            for mutation in mutants
            for name in requests or [SHOWN_BY[mutation.id]]
        ]
        path = self.root / "guard.md"
        guard = f'kind = "contract"\n{more}\nrequests = [{", ".join(entries)}]'
        path.write_text(f"# Guard\n\n```toml guard\n{guard}\n```\n")
        report = read_report(path)
        with closing(self.stage.rehearse(report, report.guards[0])) as events:
            (finished,) = [event for event in events if isinstance(event, GuardFinished)]
        return finished.verdict


def _entry(mutation: Mutation, method: str, path: str, sent: object) -> str:
    words = {"request": f"{method} /{mutation.id}{path}", "headers": {"X-Account": mutation.id}}
    return _inline(words | ({"json": sent} if sent else {}))


def _inline(value: object) -> str:
    """A value as TOML writes it on one line."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_inline(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return json.dumps(value)


def _rows(mutants: Iterable[Mutation]) -> dict[str, object]:
    """Two providers, and what each mutant's account wants of them; nothing is missing."""
    regions = {"aws": ["us-east-1", "eu-central-1"], "azure": ["westeurope"]}
    return {
        "providers": [
            {"name": name, "title": f"The cloud {name}", "regions": there}
            for name, there in regions.items()
        ],
        "preferences": [
            {
                "account": mutation.id,
                "provider": provider,
                "region": there[0],
                "settings": {"replicas": 3, "public": False, "zones": ["a", "b"]},
                "monthly_limit": 40.25,
                "note": "as agreed",
                "changed_at": "2024-03-01T09:00:00+00:00",
            }
            for mutation in mutants
            for provider, there in regions.items()
        ],
    }


def accused(verdict: Verdict) -> set[str]:
    """The mutants that the findings name."""
    assert verdict.value == Value.RECURS, verdict
    return {finding.request.split("/")[1] for finding in verdict.findings}


def ids(mutants: Iterable[Mutation]) -> set[str]:
    """Who they are."""
    return {mutation.id for mutation in mutants}


def _brief(patch: pytest.MonkeyPatch) -> None:
    """Nothing here ticks, so a difference may be confirmed at once; each mutant's must be."""
    patch.setattr(plan, "_SPREAD", 0.1)
    patch.setattr(plan, "_CONFIRMING_TURNS", 2)
    patch.setattr(confirming, "MOST_CONFIRMED", 1000)


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowd]:
    """The mutants of a check, on one stage."""
    mutants = [*ALL[: len(ALL) - len(generated())], *SOME]
    with pytest.MonkeyPatch.context() as patch:
        _brief(patch)
        made = Crowd(tmp_path_factory.mktemp("crowd"), mutants)
        with made.stage:
            yield made


def test_there_are_enough_of_each():
    """Twelve named, twelve harmless, fifty generated that do not survive; ids are unique."""
    assert sum(map(len, NAMED.values())) == len(harmless()) == 12
    assert len(LOUD) >= 50
    assert max(Counter(each.id for each in ALL).values()) == 1
    assert SURVIVORS.keys() <= ids(generated())
    assert len(SOME) == IN_CHECK


def test_mutations_fit_the_service() -> None:
    """Every old snippet stands exactly once in the service of today, and files stay Python."""
    files = {path: path.read_text(encoding="utf-8") for path in EXAMPLE.rglob("*.py")}
    for mutation in ALL:
        changed = dict(files)
        for patch in mutation.patches:
            path = EXAMPLE / patch.file
            assert changed[path].count(patch.old) == 1, (mutation.id, patch.old)
            changed[path] = changed[path].replace(patch.old, patch.new)
        for path in {EXAMPLE / patch.file for patch in mutation.patches}:
            compile(changed[path], str(path), "exec")


def test_faults_that_another_version_shows(crowd: Crowd) -> None:
    """Seven named ones and ten generated ones; the soak plays all of these."""
    faults = [*NAMED["versions"], *SOME]
    verdict = crowd.rehearsed(faults, 'baseline = "version:plain"\nmissing = false')
    assert accused(verdict) == ids(faults)


def test_faults_that_missing_data_shows(crowd: Crowd) -> None:
    """Three, of which nothing shows as long as all values are there."""
    faults = NAMED["missing"]
    assert accused(crowd.rehearsed(faults, "missing = true")) == ids(faults)


@pytest.mark.parametrize(("place", "storage"), [(0, "sqlite"), (1, "folder")], ids=str)
def test_faults_that_another_storage_shows(crowd: Crowd, place: int, storage: str) -> None:
    """Two, of which nothing shows in PostgreSQL."""
    fault = NAMED["storage"][place]
    verdict = crowd.rehearsed([fault], f'storage = ["{storage}"]\nmissing = false')
    assert accused(verdict) == {fault.id}


def test_harmless_changes_hold(crowd: Crowd) -> None:
    """Twelve changes after which whoever reads the answers notices nothing."""
    requests = ("replace", "one", "all", "file", "provider")
    more = 'baseline = "version:plain"\nstorage = ["sqlite"]\nmissing = false'
    verdict = crowd.rehearsed(harmless(), more, requests)
    assert (verdict.value, verdict.reasons) == (Value.HOLDS, ()), verdict


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_every_generated_fault_turns_the_verdict_unless_it_survives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list of survivors is right in both directions."""
    _brief(monkeypatch)
    made = Crowd(tmp_path, generated())
    more = 'baseline = "version:plain"\nmissing = false'
    with made.stage:
        verdict = made.rehearsed(generated(), more, REQUESTS)
    assert accused(verdict) == ids(LOUD)


@pytest.mark.soak
@pytest.mark.parametrize("fault", [each for group in NAMED.values() for each in group], ids=str)
def test_a_named_fault_turns_the_verdict_of_a_whole_guard(crowd: Crowd, fault: Mutation) -> None:
    """All requests, all comparisons; each fault by itself."""
    more = 'baseline = "version:plain"\nstorage = "all"'
    assert accused(crowd.rehearsed([fault], more, REQUESTS)) == {fault.id}


@pytest.mark.soak
@pytest.mark.parametrize("change", harmless(), ids=str)
def test_a_harmless_change_holds_in_a_whole_guard(crowd: Crowd, change: Mutation) -> None:
    """All requests, with everything that a guard tries by itself."""
    more = 'baseline = "version:plain"\nstorage = "all"'
    verdict = crowd.rehearsed([change], more, REQUESTS)
    assert (verdict.value, verdict.reasons) == (Value.HOLDS, ()), (change.says, verdict)
