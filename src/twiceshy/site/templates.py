"""Templates into pages."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

import twiceshy
from twiceshy.site.words import WORDS

if TYPE_CHECKING:
    from twiceshy.site.site import Site

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'"
)
"""What a page may load: its own files, and nothing from anywhere else."""

NAVIGATION = (
    ("index.html", "home"),
    ("reports.html", "reports"),
    ("actions.html", "actions"),
    ("statistics.html", "statistics"),
    ("topics.html", "topics"),
    ("search.html", "search"),
)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("twiceshy.site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["w"] = WORDS
    made.globals["many"] = many
    made.globals["policy"] = POLICY
    made.globals["version"] = twiceshy.__version__
    made.globals["nav"] = [(file, WORDS[name]) for file, name in NAVIGATION]
    return made


def page(site: Site, template: str, path: str, **values: Any) -> str:
    """The page at `path`, such as `reports/x.html`, from which its links are seen."""
    return (
        _environment()
        .get_template(f"{template}.html")
        .render(
            root="../" * path.count("/"),
            here=path,
            site_title=site.title,
            audience=site.audience.value,
            today=site.today.isoformat(),
            live=site.live,
            **values,
        )
    )


def many(count: int) -> str:
    """So many reports, in words."""
    return WORDS["one_report"] if count == 1 else WORDS["many_reports"].format(n=count)
