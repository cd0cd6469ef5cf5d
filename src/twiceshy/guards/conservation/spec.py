"""What people write in a guard of kind `conservation`."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from twiceshy.config.project import Record
from twiceshy.errors import nearest
from twiceshy.guards.lengths import Length, seconds
from twiceshy.guards.requests import RequestLine, WholeRequest, template_of
from twiceshy.model.load import rate_per_second
from twiceshy.model.strain import Fault, facts_of, parse_fault, written

SLOTS = ("key", "amount", "number")
POINT = r"^(answer|unanswered|outstanding):[1-9]\d{0,6}$"
STATUSES = "status"
_LEAST, _MOST = 100, 599
_MOST_REQUESTS = 5_000_000
_FULL_BODY = "$"
_KILLED_AT = ("unanswered:1", "answer:1")
"""Who remembers keys in memory only fails at the first, who commits after the answer at the other.

Where no faults are named, this is from that part of the load on.
"""
_FROM = 0.4
_BEFORE_BURST = 0.01
_FIRST_AND_LAST = ("the first rate", "the last")

Status = Annotated[int, Field(ge=_LEAST, le=_MOST)]
Amount = Annotated[int, Field(ge=-(2**53), le=2**53)]


def _own_rate(text: str) -> str:
    """A rate that stands for itself; ValueError says what is wrong."""
    rate_per_second(text)
    return text


def _some_fault(text: str) -> str:
    """The name of a fault; ValueError says what is wrong."""
    parse_fault(text)
    return text


def _telling(rule: dict[str, Any]) -> dict[str, Any]:
    """What a 2xx answer must hold; ValueError says what is wrong."""
    for key, value in rule.items():
        if key == STATUSES:
            if not isinstance(value, list | tuple) or not all(map(_is_status, value)):
                message = "status is a list of statuses, such as [200, 201]"
                raise ValueError(message)
        elif not key.startswith(f"{_FULL_BODY}."):
            near = nearest(key, [STATUSES]) or f"$.{key}"
            message = f"{key} is neither status nor a path such as $.status; did you mean {near}?"
            raise ValueError(message)
    return rule


def _is_status(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and _LEAST <= value <= _MOST


Rate = Annotated[str, AfterValidator(_own_rate)]
FaultName = Annotated[str, AfterValidator(_some_fault)]


class FaultEntry(Record):
    """A fault with its moment, where chance should not choose it."""

    fault: FaultName = Field(description='Its name, such as "kill service".')
    at: Length | None = Field(
        default=None, description="How long after the first request it begins; else by chance."
    )
    point: Annotated[str, Field(pattern=POINT)] | None = Field(
        default=None,
        description='When it begins to the request: "answer:25" when the 25th answer passes, '
        '"unanswered:25" when it was given and never arrives, "outstanding:4" when four requests '
        "wait for theirs; with `at`, from then on.",
    )
    lasts: Length | None = Field(default=None, description="How long it lasts.")
    every: Annotated[int, Field(ge=1)] | None = Field(
        default=None,
        description="For `drop answers`: every how manieth is dropped; else the 10th, of few more.",
    )
    seed: int | None = Field(
        default=None, description="What chance begins with; with `every`, one in so many by chance."
    )


class Spec(WholeRequest):
    """Every acknowledged transaction is recorded exactly once, at peak and whatever fails."""

    kind: Literal["conservation"] = "conservation"
    request: RequestLine = Field(
        description='Method and path, such as "POST /payments". `{key}`, `{amount}` and `{number}` '
        "in it, in body or headers become those of each transaction."
    )
    as_actor: str | None = Field(
        default=None,
        alias="as",
        description="The actor who sends the requests; without, nobody is logged in.",
    )
    recorded: Annotated[str, Field(min_length=1)] = Field(
        description="SQL that lists what the system says it processed: the key of each and, where "
        "the request has an `{amount}`, its amount."
    )
    drained: str = Field(
        default="",
        description="SQL that gives one number: what is taken in and not processed yet. Without, "
        "the system is done when no more rows are recorded.",
    )
    drain_within: Length = Field(
        default="30s", description="How long it may take to process what was taken in."
    )
    peak: Rate | None = Field(
        default=None, description='The highest rate that was seen, for "peak x 3": "3000/h".'
    )
    rate: str | tuple[str, ...] = Field(
        description='How many requests arrive: "10000/h", "50/s", "peak x 3"; or the first and the '
        'last of a rate that grows: ["10/s", "200/s"].'
    )
    duration: Length = Field(
        default="5s", description='How long they arrive: "500ms", "30s", "5min".'
    )
    arrivals: Literal["constant", "poisson", "burst"] = Field(
        default="constant",
        description="At equal distance, by chance, or each second's at its beginning.",
    )
    amounts: tuple[Amount, Amount] | None = Field(
        default=None,
        description="The least and the greatest amount, in the smallest unit of the currency. "
        "Where the request has an `{amount}`, 100 to 90000.",
    )
    attempts: int = Field(
        default=8, ge=1, le=100, description="How often a transaction without answer is sent."
    )
    backoff: Length = Field(
        default="100ms",
        description="How long at most is waited before the second attempt; twice as long before "
        "each further one, up to 2 s.",
    )
    connections: int | None = Field(
        default=None,
        ge=1,
        le=4096,
        description="How many connections are open at most; else what the rate needs.",
    )
    timeout: Length = Field(default="5s", description="How long is waited for an answer.")
    accepted: tuple[Status, ...] | Annotated[dict[str, Any], AfterValidator(_telling)] = Field(
        default=(),
        description="The statuses that acknowledge; else every 2xx. Where the body tells, "
        '{ status = [200], "$.status" = "ok" }.',
    )
    rejected: tuple[Status, ...] = Field(
        default=(), description="Statuses that say that nothing was applied, beside every 4xx."
    )
    faults: tuple[FaultName | FaultEntry, ...] = Field(
        default=("kill service", "drop answers"),
        description="What goes wrong under load, each in a run of its own; [] for nothing. "
        "Without this key, the service is killed three times: at work, at an answer, and at one "
        "that never arrives.",
    )
    seed: int = Field(default=1, description="What chance begins with.")
    version: str | None = Field(
        default=None, description="The version that failed; `prove` wants it to recur there."
    )

    @field_validator("rate")
    @classmethod
    def _rates(cls, rate: str | tuple[str, ...], info: ValidationInfo) -> str | tuple[str, ...]:
        if not isinstance(rate, str) and len(rate) != len(_FIRST_AND_LAST):
            message = f"a rate that grows is {' and '.join(_FIRST_AND_LAST)}, not {len(rate)} rates"
            raise ValueError(message)
        peak = info.data.get("peak")
        known = rate_per_second(peak) if peak else None
        for text in (rate,) if isinstance(rate, str) else rate:
            rate_per_second(text, known)
        return rate

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        for check in (self._check_slots, self._check_arrivals, self._check_faults):
            if message := check():
                raise ValueError(message)
        if self.amounts and self.amounts[0] > self.amounts[1]:
            message = f"amounts go from the least to the greatest, not from {self.amounts[0]} down"
            raise ValueError(message)
        return self

    def _check_slots(self) -> str:
        slots = template_of(self).slots
        for slot in slots:
            if slot not in SLOTS:
                near = nearest(slot, SLOTS)
                ending = (
                    f"did you mean {{{near}}}?" if near else "slots are {key}, {amount}, {number}"
                )
                return f"nothing fills {{{slot}}} in the request; {ending}"
        if "key" not in slots:
            return (
                "the request has no {key}: put it where the service takes what makes a transaction "
                'unique, such as headers = { Idempotency-Key = "{key}" }'
            )
        if self.amounts and "amount" not in slots:
            return "there are amounts, and the request has no {amount} to carry them"
        return ""

    def _check_arrivals(self) -> str:
        if not isinstance(self.rate, str) and self.arrivals != "constant":
            return f"a rate that grows has no arrivals of the sort {self.arrivals}: leave one out"
        count = self.mean_rate * seconds(self.duration)
        if count < 1:
            return f"no request arrives within {self.duration} at that rate"
        if count > _MOST_REQUESTS:
            return f"{count:,.0f} requests are more than {_MOST_REQUESTS:,}"
        return ""

    def _check_faults(self) -> str:
        names = [written(fault) for fault, _ in self.entries]
        moments = [
            (name, entry.at, entry.point)
            for name, (_, entry) in zip(names, self.entries, strict=True)
        ]
        for place, moment in enumerate(moments):
            if moment in moments[:place]:
                return f"faults name {moment[0]} twice, at the same moment"
        for fault, entry in self.entries:
            if entry.every and fault.name != "drop answers":
                return f"every is for drop answers, not for {written(fault)}"
            if entry.at and seconds(entry.at) >= seconds(self.duration):
                return f"{written(fault)} would begin after the last request has arrived"
        return ""

    @property
    def rates(self) -> tuple[float, float]:
        """The first and the last rate, a second."""
        known = rate_per_second(self.peak) if self.peak else None
        first, last = (self.rate,) * 2 if isinstance(self.rate, str) else self.rate
        return rate_per_second(first, known), rate_per_second(last, known)

    @property
    def mean_rate(self) -> float:
        """The rate on average, a second."""
        return sum(self.rates) / 2

    def in_time(self, at: float) -> float:
        """This moment; an earlier one where no burst comes after it."""
        if self.arrivals != "burst":
            return at
        width = max(1.0, 1 / self.rates[0])
        last = (math.ceil(seconds(self.duration) / width) - 1) * width
        return max(0.0, min(at, last - _BEFORE_BURST))

    @property
    def entries(self) -> tuple[tuple[Fault, FaultEntry], ...]:
        """Each fault that is asked for, with what was said of its moment."""
        entries = [
            FaultEntry(fault=each) if isinstance(each, str) else each for each in self.faults
        ]
        if "faults" not in self.model_fields_set:
            at = f"{round(self.in_time(seconds(self.duration) * _FROM) * 1000)}ms"
            kill = entries[0].fault
            entries[1:1] = [FaultEntry(fault=kill, at=at, point=point) for point in _KILLED_AT]
        return tuple((parse_fault(entry.fault), entry) for entry in entries)

    @property
    def processes(self) -> tuple[str, ...]:
        """The processes that faults are done to, the service aside."""
        named = (fault.target for fault, _ in self.entries if facts_of(fault).done_to == "process")
        return tuple(dict.fromkeys(target for target in named if target))
