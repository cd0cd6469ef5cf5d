"""Photographs pages of the example's report for docs/site.md, in a real browser.

`make docs` runs this after `rehearse.py`. Needs Chromium or Chrome and the package playwright.
The verdicts on the pages are those that the example is known for.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from twiceshy.cli.gallery import gallery
from twiceshy.config.load import load_project
from twiceshy.model.events import GuardFinished
from twiceshy.model.verdict import Value, Verdict
from twiceshy.reports import read_reports

IMAGES = Path(__file__).parent / "images"
NAMES = ("chromium", "chromium-browser", "google-chrome")
REPORT = "reports/2024-01-21-every-page-500.html"
PICTURES = (
    ("site-report.png", REPORT, "light", 1180, 1100),
    ("site-home.png", "index.html", "light", 1180, 860),
    ("site-phone.png", REPORT, "dark", 390, 860),
)


def main() -> int:
    """Make the pages, open and photograph them; 1 without a browser."""
    browser = next(filter(None, map(shutil.which, NAMES)), None)
    if browser is None:
        print("no Chromium or Chrome is on the PATH")
        return 1
    examples = sorted(
        path.parent.name for path in Path(__file__).parents[1].glob("examples/*/postmortems")
    )
    with tempfile.TemporaryDirectory(prefix="twiceshy-docs-") as temp:
        folder = Path(temp) / "pages"
        with gallery(examples, folder) as pages:
            for report in read_reports(load_project(pages.root).root / "postmortems"):
                for guard in report.guards:
                    for version, value in (("faulty", Value.RECURS), ("", Value.HOLDS)):
                        event = GuardFinished(report, guard, Verdict(value), 1.0, version)
                        for listener in pages.listeners:
                            listener.hear(event)
            pages.pages()
        _photograph(browser, folder)
    return 0


def _photograph(path: str, folder: Path) -> None:
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for name, page, scheme, width, height in PICTURES:
            size = {"width": width, "height": height}
            context = browser.new_context(viewport=size, color_scheme=scheme)
            tab = context.new_page()
            tab.goto(f"file://{folder / page}")
            tab.screenshot(path=IMAGES / name)
            print(f"wrote {(IMAGES / name).relative_to(IMAGES.parents[1])}")
            context.close()
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
