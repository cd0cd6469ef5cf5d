"""Every rule: its name, how grave it is, what it says, why, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error is wrong, a warning is missing or risky, a note could be better."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Rule:
    """`says` is one sentence about the report, `why` the reason for the rule."""

    id: str
    severity: Severity
    says: str
    why: str
    todo: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A rule met a report: on `line` (from 1, 0 for the whole), `seen` is what stands there."""

    rule: Rule
    severity: Severity
    line: int
    seen: str
    todo: str


_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

_ALL = (
    Rule(
        "broken",
        _ERROR,
        "A part of the report cannot be read",
        "A guard that cannot be read never runs, and a key that cannot be read says nothing.",
        "Mend it as the message says.",
    ),
    Rule(
        "duration-against-timeline",
        _ERROR,
        "The stated duration is not that of the timeline",
        "One of the two is wrong, and every statistic takes one of them.",
        "Correct the duration or the times, or say which times it counts.",
    ),
    Rule(
        "start-after-first-sign",
        _ERROR,
        "The incident was seen before it is said to start",
        "The time to detect becomes shorter than it was.",
        "Begin with the first sign, even if nobody noticed it then.",
    ),
    Rule(
        "restored-before-end",
        _ERROR,
        "Service was restored before the stated end",
        "Readers cannot tell how long users were hit.",
        "Say when users were well again, and apart from it when the incident was closed.",
    ),
    Rule(
        "end-before-start",
        _ERROR,
        "The incident ends before it starts",
        "One of the two times is wrong, or its day or zone is missing.",
        "Correct the times; past midnight, write the date too.",
    ),
    Rule(
        "weekday-against-date",
        _ERROR,
        "The weekday does not fit the date",
        "One of the two is wrong; dates are what people look things up by.",
        "Look it up in a calendar and correct one of them.",
    ),
    Rule(
        "title-against-front-matter",
        _ERROR,
        "Title and front matter name different days",
        "The report is listed under a day that its title denies.",
        "Correct one of them.",
    ),
    Rule(
        "timeline-out-of-order",
        _WARNING,
        "The timeline is not in order",
        "A reader takes it for a slip, and one time may be wrong.",
        "Move the line, correct its time, or write its date where midnight lies between.",
    ),
    Rule(
        "missing-root-cause",
        _WARNING,
        "The report names no root cause",
        "Without a cause, the measures are guesses.",
        "Add a section that says what in the system made this possible.",
    ),
    Rule(
        "missing-impact",
        _WARNING,
        "The report does not say whom it hit",
        "Colleagues cannot tell whether it touched their work.",
        "Add a section: who noticed what, how many, for how long.",
    ),
    Rule(
        "missing-detection",
        _WARNING,
        "The report does not say how it was noticed",
        "If a customer had to tell you, that is a second thing to mend.",
        "Add a section: how it was noticed, and what could have noticed it earlier.",
    ),
    Rule(
        "missing-action-items",
        _WARNING,
        "The report has no action items",
        "A failure that changes nothing will come back.",
        "Add tasks, one a line: - [ ] what to do (@owner, due 2026-12-01)",
    ),
    Rule(
        "action-without-owner",
        _WARNING,
        "An action item belongs to nobody",
        "What belongs to nobody is done by nobody.",
        "Name one person: (@owner, due 2026-12-01)",
    ),
    Rule(
        "action-without-due",
        _WARNING,
        "An action item has no due date",
        "Without a date it is never overdue, and nobody asks.",
        "Give it a day: (@owner, due 2026-12-01)",
    ),
    Rule(
        "action-unverifiable",
        _NOTE,
        "Nobody could tell whether this action item is done",
        "Care and attention are no measures: they wear off.",
        "Say what will be there afterwards: a test, an alert with its threshold, a limit.",
    ),
    Rule(
        "action-due-unclear",
        _NOTE,
        "A due date is no date",
        "Only dates like 2026-12-01 can be overdue.",
        "Write it as 2026-12-01.",
    ),
    Rule(
        "blame-by-name",
        _WARNING,
        "The report blames a person",
        "Who fears to be named tells less, and the system that let it happen stays as it is.",
        "Say what the system allowed or did not show; name roles, not people.",
    ),
    Rule(
        "no-guard",
        _NOTE,
        "The report carries no guard",
        "Nothing would notice if the failure came back.",
        "Add a block that begins with ```toml guard; `twiceshy new TITLE` shows one.",
    ),
    Rule(
        "guard-never-proved",
        _WARNING,
        "A guard was never proved",
        "Only a guard that fails on the version that failed is known to see the failure.",
        "Name that version under [versions] in twiceshy.toml, and run `twiceshy prove`.",
    ),
    Rule(
        "claim-never-reproduced",
        _WARNING,
        "The report's claim was never reproduced",
        "No guard of it ever said `recurs`: the cause may be another one.",
        "Run `twiceshy prove` against the version that failed.",
    ),
    Rule(
        "in-review-without-reviewers",
        _WARNING,
        "The report is in review, and nobody reviews it",
        "A review without a name does not happen.",
        'Write reviewers = ["name"] into its front matter.',
    ),
    Rule(
        "mark-never-closed",
        _ERROR,
        "A mark is never closed: all below it is hidden",
        "What follows is taken out of the editions for others.",
        "Put the closing mark where the hidden part ends.",
    ),
    Rule(
        "mark-misspelt",
        _ERROR,
        "This looks like a mark that hides text, but it is none",
        "The text behind it is shown to everybody.",
        "Write <!-- internal --> or <!-- restricted -->, and close it likewise.",
    ),
    Rule(
        "hidden-name-not-found",
        _WARNING,
        "A name that is to be hidden does not occur",
        "It may be spelled otherwise in the text, and then it is shown to everybody.",
        "Spell it as the text does, or take it from the list.",
    ),
    Rule(
        "ignored-without-reason",
        _WARNING,
        "A rule is ignored without a reason",
        "Later, nobody knows whether it still holds. The rule stays in force.",
        'Give one: [lint] ignore = {"rule" = "why"}, or <!-- lint-ignore rule: why -->',
    ),
    Rule(
        "ignored-rule-unknown",
        _WARNING,
        "There is no such rule to ignore",
        "Nothing is ignored by it.",
        "Correct its name; `twiceshy reports lint --rules` lists all.",
    ),
    Rule(
        "status-spelling",
        _NOTE,
        "The status is spelled in another way",
        "Only draft, in-review, published and closed are understood.",
        "Spell it so; --fix does.",
    ),
    Rule(
        "due-spelling",
        _NOTE,
        "A due date is written with other signs between its numbers",
        "Only dates like 2026-12-01 can be overdue.",
        "Write it so; --fix does.",
    ),
    Rule(
        "box-spelling",
        _NOTE,
        "The box of a task is written in another way",
        "Only [ ] and [x] are boxes everywhere.",
        "Write it so; --fix does.",
    ),
)
RULES = {rule.id: rule for rule in _ALL}
