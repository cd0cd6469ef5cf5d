"""Blame by name: a person beside a word that only people can be reproached with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from twiceshy.reports.headings import ACTION_ITEMS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twiceshy.reports.lint.rules import Remark
    from twiceshy.reports.lint.subject import Subject

# Said of people only: services fail and ignore, but do not forget or neglect.
_REPROACHES = (
    r"forgot|forgets|neglected|was (?:careless|negligent|inattentive|sloppy|at fault|to blame)"
    r"|should have (?:known|checked|tested|noticed|asked)|did(?: not|n't) bother"
    r"|made (?:a|the|an) (?:\w+ )?(?:mistake|error|blunder)|(?:is|was) responsible for (?:this"
    r"|the) "
    r"(?:mistake|error|outage|incident|failure)|screwed up|messed up|carelessly|negligently"
    r"|olvid[oó]|se olvid[oó]|se equivoc[oó]|fue (?:descuidad|negligente|culpable)|por descuido"
    r"|cometi[oó] (?:un|el) error|deb[ií]a haber|deber[ií]a haber|tuvo la culpa"
    r"|esqueceu|se esqueceu|errou|foi (?:descuidad|negligente|culpad)|cometeu (?:um|o) erro"
    r"|deveria ter|a oubli[eé]|s'est tromp[eé]|a n[eé]glig[eé]|a commis (?:une|l')\s?erreur"
    r"|aurait d[uû]"
    r"|hat (?:\w+ ){0,4}(?:vergessen|vers[aä]umt|verpasst)|verga(?:ß|ss)|vers[aä]umte"
    r"|war (?:unachtsam|schuld)"
    r"|h[aä]tte (?:\w+ ){0,4}m[uü]ssen|ha (?:dimenticato|trascurato|sbagliato)"
    r"|si [eè] (?:dimenticat|sbagliat)"
    r"|avrebbe dovuto"
)
# Said of people and of machines: counts only beside a name that is known as a person's.
_DOUBTFUL = (
    r"failed to|ignored|broke|caused|missed|did(?: not|n't) (?:check|test|read|notice|follow)"
    r"|no (?:revis[oó]|prob[oó]|comprob[oó])|caus[oó]|ignor[oó]|n[aã]o (?:revisou|testou"
    r"|verificou)|causou|ignorou"
    r"|n'a pas (?:v[eé]rifi[eé]|test[eé])|a ignor[eé]|a caus[eé]|verursachte|ignorierte"
    r"|ha causato|ha ignorato"
)
_OF_PERSON = (
    r"(?:fault|mistake|error|negligence|carelessness) (?:of|by)|(?:culpa|error|descuido|erro) de|"
    r"(?:faute|erreur) de|(?:Fehler|Schuld) von|(?:colpa|errore) di"
)
_NAME = r"(?:[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ'\u2019-]+)"
_HANDLE = r"@[\w.-]+"
_NO_NAMES = re.compile(
    r"(?:The|This|That|It|We|They|He|She|I|You|Nobody|Someone|Somebody|Who|Which|A|An|Our|Their"
    r"|And|But"
    r"|El|La|Los|Las|Se|Nadie|Alguien|Que|O|Os|As|Ningu[eé]m|Le|Les|On|Personne|Der|Die|Das|Es"
    r"|Wir|Man"
    r"|Niemand|Il|Lo|Gli|Nessuno|Code|Script|Job|Service|Server|Team|Deployment|Monitoring)$"
)
_JAPANESE = re.compile(
    r"(?P<who>[\u4e00-\u9fff\u30a0-\u30ff]{1,8}(?:さん|氏|君|くん))(?:が|は|の)[^。\n]{0,25}"
    r"(?:忘れ|怠っ|ミス|不注意|過失|責任|せい)"
)
_SURE = re.compile(
    rf"(?<![\w@])(?P<who>{_HANDLE}|{_NAME}(?: {_NAME})?)[ \t]+(?:\w+[ \t]+)?(?:{_REPROACHES})(?!\w)"
    rf"|(?:{_OF_PERSON}) (?P<whom>{_HANDLE}|{_NAME} {_NAME})"
)
_LINE_END = re.compile(r"(?<!\n)\n(?!\n)")


def blame(subject: Subject) -> Iterator[Remark]:
    """Each line that reproaches somebody by name; action items may name whom they like."""
    known = _known(subject)
    patterns = [_SURE, _JAPANESE]
    if known:
        names = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
        deeds = rf"(?:\w+[ \t]+){{0,2}}(?:{_REPROACHES}|{_DOUBTFUL})(?!\w)"
        words = rf"(?<![\w@])@?(?P<who>{names})[ \t]+{deeds}"
        patterns.append(re.compile(rf"{words}|(?:{_OF_PERSON}) @?(?P<whom>{names})(?!\w)"))
    passed_over = _lines_of_tasks(subject)
    first = _first_line(subject)
    # A sentence goes on where its line ends; every character keeps its place.
    text = _LINE_END.sub(" ", subject.text)
    for pattern in patterns:
        for found in pattern.finditer(text):
            line = subject.line_of(found.start())
            nobody = any(_NO_NAMES.match(word) for word in (found["who"] or "").split())
            if line < first or line in passed_over or nobody:
                continue
            passed_over.add(line)
            yield subject.remark("blame-by-name", line, found[0].strip())


def _known(subject: Subject) -> set[str]:
    """Names of people: authors, reviewers and owners."""
    table = subject.report.front_matter
    values = [table.get(key) for key in ("authors", "author", "reviewers")]
    listed = [item for value in values for item in (value if isinstance(value, list) else [value])]
    found = {item for item in listed if isinstance(item, str)}
    for one in subject.postmortems:
        found |= set(one.authors.value or ())
        found |= {task.owner for task in one.action_items if task.owner}
    found |= {item.owner for item in subject.report.action_items if item.owner}
    names = {name.strip().removeprefix("@") for whole in found for name in whole.split(",")}
    firsts = {name.split()[0] for name in names if " " in name}
    return {name for name in names | firsts if len(name) > 2 and name[:1].isalpha()}


def _first_line(subject: Subject) -> int:
    """Front matter names authors and reviewers; it blames nobody."""
    lines = subject.text.splitlines()
    fence = lines[0].strip("\ufeff ") if lines else ""
    if fence not in ("---", "+++"):
        return 1
    ends = (n for n, line in enumerate(lines[1:], start=2) if line.rstrip() in (fence, "..."))
    return next(ends, 0) + 1


def _lines_of_tasks(subject: Subject) -> set[int]:
    """The lines of the action items: owners stand there."""
    sections = [section for section in subject.report.sections if section.level]
    found: set[int] = set()
    ends = [*(section.line for section in sections[1:]), len(subject.starts) + 1]
    for section, end in zip(sections, ends, strict=False):
        if section.name == ACTION_ITEMS:
            found |= set(range(section.line, end))
    return found
