"""The pages in a real browser: what readers see and do, for three audiences."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

import shelf_of_reports

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

TWICESHY = str(Path(sys.executable).with_name("twiceshy"))
SIZES = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
REPORT = "reports/2024-10-14-checkout.html"
EVERY_KIND = (
    *("index.html", "reports.html", "actions.html", "statistics.html", "topics.html"),
    *("search.html?q=rollback", REPORT, "tags/rollback.html"),
)
ASSETS = (".html", ".css", ".js", ".svg", ".xml", ".json")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.skip("no Chromium or Chrome is on the PATH; apt-get install chromium")
    with sync_playwright() as playwright:
        # Root, as in a container, has no sandbox; the pages are our own.
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project with reports of every kind."""
    folder = tmp_path_factory.mktemp("harbour")
    shelf_of_reports.rehearse(shelf_of_reports.project(folder))
    return folder


@pytest.fixture(scope="session")
def sites(project: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folder of each audience, as the command writes it."""
    top = tmp_path_factory.mktemp("sites")
    for audience in ("public", "internal", "restricted"):
        words = [TWICESHY, "site", "--audience", audience, "--to", str(top / audience)]
        subprocess.run(words, cwd=project, check=True, capture_output=True, timeout=60)
    return {audience: top / audience for audience in ("public", "internal", "restricted")}


class Visit:
    """A page of a site, opened from its files; remembers what went wrong and what was asked."""

    def __init__(self, page: Page, site: Path):
        self.page = page
        self.site = site
        self.asked: list[str] = []
        self.wrong: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("dialog", lambda dialog: (self.wrong.append(dialog.message), dialog.dismiss()))
        page.on("console", self._hear)

    def _hear(self, message) -> None:
        if message.type in {"error", "warning"}:
            self.wrong.append(message.text)

    def open(self, path: str) -> Page:
        """Go to a page."""
        self.page.goto(f"file://{self.site}/{path}")
        return self.page


@pytest.fixture
def visit(browser: Browser, sites: dict[str, Path]) -> Iterator[Visit]:
    """The restricted edition on a desk; nothing may go wrong on its pages."""
    context = browser.new_context(viewport=SIZES["desk"])
    made = Visit(context.new_page(), sites["restricted"])
    yield made
    assert made.wrong == []
    assert all(url.startswith(("file://", "http://127.0.0.1")) for url in made.asked)
    context.close()


def test_search_answers_while_one_types(visit):
    """All words must occur, a beginning is enough, accents and case do not matter."""
    page = visit.open("search.html")
    page.get_by_role("searchbox").fill("CHECK rollb")
    told, results = page.get_by_role("status"), page.get_by_role("list").locator("li.card")
    expect(told).to_have_text("1 report")
    expect(results.locator("h2")).to_have_text("Checkout refused every card for 47 minutes")
    expect(results.locator("mark").first).to_be_visible()
    page.get_by_role("searchbox").fill("vacia")
    expect(results.locator("h2")).to_have_text("La vista de otra persona")
    page.get_by_role("searchbox").fill("rollback walrus")
    expect(told).to_have_text("No report has all of these words.")
    page.get_by_role("searchbox").fill("")
    expect(told).to_have_text("Type to search.")


def test_search_in_japanese_and_with_a_piece_of_the_text(visit):
    """A language without blanks is found too; what was found is shown in its place."""
    page = visit.open("search.html?q=データベース")
    expect(page.locator("li.card h2")).to_have_text("予約システムの停止")
    page.get_by_role("searchbox").fill("索引")
    expect(page.locator("li.card .lead mark").first).to_have_text("索引")
    page.get_by_role("searchbox").fill("numéro typing")
    expect(page.get_by_role("status")).to_have_text("No report has all of these words.")
    page.locator("#q").fill("runbook")
    expect(page.locator("li.card .lead mark")).to_have_text("runbook")


def test_the_first_page_leads_to_search_with_the_keyboard(visit):
    """Skip link first, then the field, Enter, and a result."""
    page = visit.open("index.html")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("invoices")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text(re.compile("report"))
    page.locator("li.card a").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "The queue of invoices stood still over night"
    )


def test_the_action_board_is_filtered(visit):
    """By owner or word, by what is overdue, with what is done or without."""
    page = visit.open("actions.html")
    shown, items = page.locator("#shown"), page.locator(".board li:visible")
    everything = items.count()
    expect(shown).to_have_text(f"{everything} shown")
    page.get_by_label("Filter").fill("mira")
    expect(shown).to_have_text("1 shown")
    expect(items).to_contain_text("Check the provider's address")
    page.get_by_label("Filter").fill("")
    page.get_by_label(re.compile("Done too")).check()
    expect(shown).to_have_text(f"{everything + 2} shown")
    page.get_by_label(re.compile("Only overdue")).check()
    expect(items.first).to_contain_text("Overdue")
    assert all("Overdue" in text for text in items.all_inner_texts())


def test_a_report_shows_who_what_how_long_and_its_timeline(visit):
    """The box for somebody with one minute, the drawing with its turning points, the guard."""
    page = visit.open(REPORT)
    brief = page.get_by_role("region", name="In short")
    for words in ("reached production", "3,214 shoppers", "47 min", "No: the failure comes back"):
        expect(brief).to_contain_text(words)
    drawing = page.get_by_role("img", name=re.compile("6 events over 47 min"))
    for mark in ("Started", "Detected", "Escalated", "Resolved"):
        expect(drawing.locator("text", has_text=mark)).to_be_visible()
    expect(page.get_by_role("region", name="Guard and proof")).to_contain_text("Recurs")
    expect(page.get_by_role("link", name="Edit this report")).to_have_attribute(
        "href", re.compile(r"/edit/main/postmortems/2024-10-14-checkout\.md$")
    )
    page.get_by_role("link", name="the slow queue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("queue of invoices"))
    similar = page.get_by_role("region", name="Similar reports")
    expect(similar).to_contain_text("Invoices waited for a lock")
    expect(similar).to_contain_text("same mechanism: lock")


@pytest.mark.parametrize("audience", ["public", "internal", "restricted"])
def test_a_restricted_report_is_there_only_for_those_who_may_see_it(sites, audience):
    """A word of it is in no file of a lower audience's site, nor in the name of one."""
    for level, words in shelf_of_reports.SECRETS.items():
        may = (audience, level) in {
            *(("restricted", "restricted"), ("restricted", "internal"), ("internal", "internal"))
        }
        files = [file for file in sites[audience].rglob("*") if file.is_file()]
        text = "\n".join(f"{file}\n{file.read_text('utf-8')}" for file in files).casefold()
        assert {file.suffix for file in files} <= set(ASSETS)
        for word in words:
            assert (word.casefold() in text) is may, word


def test_a_hidden_report_is_not_found_by_search(browser, sites):
    """The index of the public edition does not know it."""
    context = browser.new_context()
    page = Visit(context.new_page(), sites["public"]).open("search.html?q=glockenspiel")
    expect(page.get_by_role("status")).to_have_text("No report has all of these words.")
    expect(page.get_by_text("Public edition")).to_be_visible()
    context.close()


@pytest.mark.parametrize("size", list(SIZES))
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_kind_of_page_is_readable_in_both_themes_on_phone_and_desk(
    browser, sites, scheme, size
):
    """Nothing is wider than the screen, and the checker of accessibility finds nothing."""
    # The checker is a script of its own, which the pages' policy would refuse.
    context = browser.new_context(viewport=SIZES[size], color_scheme=scheme, bypass_csp=True)
    made = Visit(context.new_page(), sites["restricted"])
    hostile = next(path.name for path in (made.site / "reports").glob("script*.html"))
    for path in (*EVERY_KIND, f"reports/{hostile}"):
        page = made.open(path)
        if "search" in path:
            expect(page.locator("li.card").first).to_be_visible()
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= SIZES[size]["width"], path
        if (scheme, size) in {("light", "desk"), ("dark", "phone")}:
            # `preload` would ask for the style sheet once more.
            found = Axe().run(page, options={"preload": False}).response["violations"]
            assert [(each["id"], each["impact"]) for each in found] == [], path
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    light = sum(map(int, re.findall(r"\d+", paper)[:3])) > 384
    assert light is (scheme == "light")
    assert made.wrong == []
    context.close()


def test_the_theme_that_was_chosen_stays(visit):
    """On the next page too, and `Automatic` gives it back to the system."""
    page = visit.open("index.html")
    page.get_by_label("Light or dark").select_option("dark")
    page = visit.open("reports.html")
    expect(page.get_by_label("Light or dark")).to_have_value("dark")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    page.get_by_label("Light or dark").select_option("")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light dark"


def test_on_paper_everything_is_open_and_light(visit):
    """Closed parts would be missing, and ink is dear."""
    page = visit.open(REPORT)
    page.get_by_label("Light or dark").select_option("dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "light"
    expect(page.get_by_role("navigation", name="Site")).to_be_hidden()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("details table td").first).to_be_visible()
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_a_hostile_report_runs_nothing(visit):
    """No dialog, no request, nothing over the page; its words are there as words."""
    hostile = next(path.name for path in (visit.site / "reports").glob("script*.html"))
    page = visit.open(f"reports/{hostile}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("<img src=x onerror=alert(2)>")
    expect(page.locator("main img, main iframe, main form, main script, main style")).to_have_count(
        0
    )
    page.get_by_role("link", name="big").hover(trial=True)
    visit.open("search.html?q=script")
    expect(visit.page.locator("li.card").first).to_contain_text("<img src=x")


def test_served_pages_change_by_themselves(visit, project):
    """A report that is changed is shown anew without a hand being moved."""
    file = project / "postmortems" / "2024-08-02-slow-queue.md"
    before = file.read_text("utf-8")
    words = [TWICESHY, "site", "--serve", "--port", "0", "--audience", "restricted"]
    served = subprocess.Popen(words, cwd=project, stdout=subprocess.PIPE, text=True)
    try:
        address = re.search(r"http://\S+/", served.stdout.readline())[0]
        visit.page.goto(f"{address}reports/2024-08-02-slow-queue.html")
        expect(visit.page.get_by_role("heading", level=1)).to_have_text(re.compile("stood still"))
        file.write_text(before.replace("stood still", "slept"), encoding="utf-8")
        expect(visit.page.get_by_role("heading", level=1)).to_have_text(
            re.compile("slept"), timeout=15_000
        )
        visit.page.goto(f"{address}search.html?q=slept")
        expect(visit.page.locator("li.card")).to_have_count(1)
    finally:
        file.write_text(before, encoding="utf-8")
        served.send_signal(signal.SIGINT)
        served.communicate(timeout=20)
    assert served.returncode == 130
