"""How systems fail, told from the words of a sentence: the evidence for each kind of guard.

Each rule says which notions, standing in one sentence, speak for a mechanism, and how much. Two
families, `infrastructure` and `other`, stand for what no guard can re-create.
"""

from __future__ import annotations

from dataclasses import dataclass

from twiceshy.reports.prose.failure_words import FAILURES

INFRASTRUCTURE = "infrastructure"
OTHER = "other"
NONE = "none"

# Points, then the notions that must all be there; after `!` those that must not.
_WRITTEN = {
    "command": """
        3 config legacy
        3.5 config instead
        2.5 staging production
        3 staging paths
        3 paths instead
        5 misconfigured
        5 typo
        4 config wrong
        4.5 config mismatch
        4 config bug
        3.5 config deleted
        3 config missing
        3 config changed cause
        2 config changed
        2 config fails
        1.5 config cause
        3 firewall
        3.5 paths wrong
        2 paths missing ! rows
        2.5 privilege missing
        3 privilege wrong""",
    "conservation": """
        5 exhausted
        5 memory_leak
        4.5 resource exhaust
        4 overload
        3.5 traffic surge
        2.5 resource surge
        4.5 race
        3.5 parallel lost
        3 parallel cause
        3 parallel fails
        2 parallel
        3.5 transaction lost""",
    "locks": """
        4 query blocked
        3 database blocked
        3.5 migration blocked
        3.5 script blocked
        4 index missing ! search
        5.5 query resource exhaust
        5 deadlock
        4.5 slow_query
        4.5 query slow
        3.5 query overload
        4 db_migration
        5 db_migration fails
        3.5 migration database
        4.5 lock database
        4 lock script
        2 lock
        3 script database
        3 query surge""",
    "preexisting": """
        3.5 assumption
        3.5 deleted persisted
        2.5 legacy missing
        5 null rows
        4 null config
        2.5 null
        4 rows missing
        4 duplicate
        3.5 legacy rows
        5.5 legacy duplicate
        3.5 corrupt database
        3 corrupt
        3.5 deleted rows
        3 deleted database
        2.5 deleted secret
        2.5 legacy secret""",
    "contract": """
        2.5 types changed
        3.5 types changed interface
        3.5 types changed shape
        3 shape instead
        3 types instead
        5 mismatch ! config
        4.5 parse_fail
        4 shape wrong
        3 shape expected
        3.5 types expected
        3.5 shape missing
        3.5 shape changed
        3.5 interface changed
        3 interface wrong
        1.5 interface missing
        3 version fails changed
        2 version changed
        2.5 shape fails""",
    "isolation": """
        5 others seen
        5 leaked secret ! memory_leak
        4 others secret
        4 privilege persisted
        2 privilege
        3 security
        4.5 session mixed
        4.5 session others
        1.5 leaked ! memory_leak""",
    INFRASTRUCTURE: """
        6 power
        5 hardware fails
        3 hardware
        4 dns
        5 dns fails
        4.5 network fails
        2 network
        4 provider fails
        1.5 provider
        4 balancer fails
        2 balancer
        2.5 kube fails
        1 kube
        3 failover fails
        4.5 certificate expired
        2 certificate
        2.5 ci fails
        0.5 fails""",
    OTHER: """
        2.5 bug
        3 wrong_logic
        2 human""",
}
# What "no data was lost" does not say.
_DENIABLE = FAILURES.mask("leaked", "lost", "corrupt", "deleted", "others", "duplicate", "security")
_NOT = FAILURES.mask("not")
_CAUSE = FAILURES.mask("cause")
_SUSPECT = FAILURES.mask("suspect")
_ASSUMED = FAILURES.mask("assumption")
_KNOWN = FAILURES.mask("became_known")
_NEAR = 5
_FURTHER = 0.25


@dataclass(frozen=True, slots=True)
class Rule:
    """Notions that speak for a family with so many points, as bits of the lexicon."""

    family: str
    points: float
    needs: int
    bars: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one sentence says: points by family, and the manner in which it says so."""

    points: dict[str, float]
    causal: bool
    suspected: bool
    known: bool
    notions: int

    def has(self, notion: str) -> bool:
        """Whether this notion stands in the sentence."""
        return bool(self.notions & FAILURES.bits[notion])


_SILENT = Evidence({}, causal=False, suspected=False, known=False, notions=0)


def _rules() -> dict[int, tuple[Rule, ...]]:
    """The rules by the first of their notions."""
    rules: dict[int, list[Rule]] = {}
    for family, written in _WRITTEN.items():
        for line in written.strip().splitlines():
            points, *words = line.split()
            split = words.index("!") if "!" in words else len(words)
            needs, bars = FAILURES.mask(*words[:split]), FAILURES.mask(*words[split + 1 :])
            rule = Rule(family, float(points), needs, bars)
            rules.setdefault(FAILURES.mask(words[0]), []).append(rule)
    return {bit: tuple(each) for bit, each in rules.items()}


_RULES = _rules()


def evidence(words: str) -> Evidence:
    """What a sentence, as `wording.plain` made it, speaks for."""
    if " response time" in words:
        words = words.replace(" response time", " latency")
    found = FAILURES.found(words)
    if not found:
        return _SILENT
    says = 0
    for bit in found:
        says |= bit
    if says & _NOT:
        says &= ~_denied(found)
    by_family: dict[str, list[float]] = {}
    for bit in found:
        for rule in _RULES.get(bit, ()):
            if says & rule.needs == rule.needs and not says & rule.bars:
                by_family.setdefault(rule.family, []).append(rule.points)
    points = {
        family: max(each) + _FURTHER * (sum(each) - max(each)) for family, each in by_family.items()
    }
    return Evidence(
        points,
        bool(says & _CAUSE),
        bool(says & _SUSPECT) and not says & _ASSUMED,
        bool(says & _KNOWN),
        says,
    )


def _denied(found: dict[int, int]) -> int:
    """The notions that a sentence denies."""
    at = found[_NOT]
    return sum(bit for bit, place in found.items() if bit & _DENIABLE and 0 < place - at <= _NEAR)
