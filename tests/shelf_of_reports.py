"""Reports to make pages of: several languages, audiences and makes, all of our own invention."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from twiceshy.archive.archive import Archive
from twiceshy.config.load import load_project
from twiceshy.model.events import GuardFinished
from twiceshy.model.exhibits import Band, Line, Series
from twiceshy.model.verdict import Value, Verdict
from twiceshy.reports import read_reports

if TYPE_CHECKING:
    from pathlib import Path

    from twiceshy.config.project import Project

TODAY = datetime.date(2026, 11, 21)

CONFIG = """\
reports = "postmortems"

[site]
title = "Harbour Post-mortems"
url = "https://postmortems.example.com"
edit = "https://git.example.com/harbour/edit/main/{path}"
"""

GUARD = """
## Guard

```toml guard
kind = "command"
run = "true"
```
"""

CHECKOUT = """\
---
id: 2024-10-14-checkout
title: Checkout refused every card for 47 minutes
date: 2024-10-14
severity: SEV1
status: published
services: [checkout, payments]
tags: [configuration, rollback]
reviewers: [mira, jonas]
visibility: public
---

# Checkout refused every card for 47 minutes

## Summary

On 14 October a change of the card provider's address reached production with a typing error. From
09:02 to 09:49 UTC every payment by card was refused. Payments by invoice went through.

## Impact

- 3,214 shoppers saw *Your card was refused*; 212 of them bought later that day.
- About 96,000 EUR of orders were delayed.

## Timeline

- 2024-10-14 09:02 UTC: The release with the new address is live. The errors begin.
- 09:11 UTC: The alert *payment success rate* fires; Mira is on call. Detected.
- 09:20 UTC: Mira calls the payments team. Escalated.
- 09:34 UTC: Jonas finds the address in the diff of the release.
- 09:45 UTC: Rollback begins.
- 09:49 UTC: Payments succeed again. Resolved.

## Root cause

The address of the provider is plain text in the environment. Nothing checks it before a release.

## Trigger

The release of 09:02.

## Detection

The alert *payment success rate* fired after nine minutes.

## Action items

- [x] Roll back the release (@jonas)
- [ ] Check the provider's address with a test request before a release (@mira, due 2024-11-01)
- [ ] Alert on three refused cards in a row (@jonas, due 2099-12-15)

## Lessons learned

### What went well

- The alert fired within ten minutes.

### What went wrong

- The runbook spoke of the old provider. See [the slow queue](2024-08-02-slow-queue.md).

| step | took | who |
| --- | ---: | --- |
| alert to call | 9 min | Mira |
| call to cause | 14 min | Jonas |
| cause to rollback | 11 min | Jonas |

![The error rate](https://graphs.example.com/rate.png)
"""

RESERVATIONS = """\
---
id: 2024-09-03-yoyaku
title: 予約システムの停止
date: 2024-09-03
severity: SEV2
status: published
services: [予約]
tags: [データベース]
visibility: public
---

## 概要

9月3日の夜、データベースのロックにより予約システムが約2時間停止しました。新しい予約はできませんでした。

## 影響

予約ページを開いた約800人のお客様に影響がありました。

## 根本原因

索引を作る作業が表全体をロックしたため、すべての書き込みが待たされました。

## タイムライン

- 20:05 索引の作成を開始
- 20:20 お客様からの問い合わせで検知
- 22:01 作業を中止し復旧

## アクションアイテム

- [ ] 索引の作成を CONCURRENTLY で行う (@sato, due 2024-10-01)
"""

QUEUE = """\
---
title: The queue of invoices stood still over night
date: 2024-08-02
severity: SEV3
status: closed
services: [invoices]
tags: [queue, rollback]
visibility: public
---

## Summary

A worker waited for a lock that nobody would ever give back. 1,900 invoices left six hours late.

## Impact

1,900 customers had their invoice in the morning, not in the evening.

## Timeline

| time | event |
| --- | --- |
| 2024-08-01 23:10 CEST | The worker stops. Nobody is told. |
| 2024-08-02 05:00 CEST | The night shift sees an empty outbox. |
| 05:25 CEST | The worker is restarted and the queue moves again. Resolved. |

## Root cause

The lock had no time limit.

## Action items

- [x] Give the lock a time limit (@ana)
"""

PRIVACY = """\
---
id: 2024-07-19-depositos
title: La vista de otra persona
date: 2024-07-19
severity: SEV1
status: in-review
services: [depósitos]
tags: [privacidad]
reviewers: [lucía]
visibility: internal
---

## Resumen

Durante 12 minutos algunas personas vieron los depósitos de otras. El proveedor Zanahoria avisó
primero.

## Impacto

41 personas.

## Causa raíz

La lista vacía se tomó por «sin filtro».

## Acciones

- [ ] Probar la vista vacía (@lucia, due 2024-08-15)
"""

SECRET = """\
---
id: 2024-06-30-xylophone
title: Xylophone keys were readable
date: 2024-06-30
severity: SEV1
status: draft
services: [vault-of-xylophones]
tags: [marimba]
visibility: restricted
---

## Summary

The signing keys of the Glockenspiel were readable for a day.

## Action items

- [ ] Turn every Glockenspiel key (@theremin, due 2024-07-10)
"""

PARTLY = """\
---
id: 2024-05-11-export
title: Exports held too many columns
date: 2024-05-11
severity: SEV2
status: published
services: [exports]
tags: [privacy]
visibility: public
internal: [Okapi Ltd]
---

## Summary

For a week, exports held two columns too many. Customer Okapi Ltd told us.

<!-- internal -->
The account manager of Okapi is Quokka.
<!-- /internal -->

## Root cause

A template listed every column.

## Action items

- [ ] List columns by name (@ana, due 2024-06-01)
- [ ] Tell all who have downloaded one
"""

HOSTILE = """\
---
id: "../../../<script>alert(1)</script>"
title: "<img src=x onerror=alert(2)> & \\"quotes\\" </title><script>alert(3)</script>"
date: 2024-04-01
severity: "<b>SEV9</b>"
status: published
services: ["../../etc/passwd", "<svg onload=alert(4)>"]
tags: ["javascript:alert(5)", "index", "con"]
authors: ["<script>alert(6)</script>"]
visibility: public
---

## Summary <script>alert(7)</script>

<script>alert(8)</script><iframe src="https://evil.example.com"></iframe>
<img src="https://evil.example.com/pixel.png" onerror="alert(9)">
[link](javascript:alert(10)) [data](data:text/html;base64,PHNjcmlwdD4=) <a href="vbscript:x">v</a>
![picture](https://evil.example.com/other.png) <form action="https://evil.example.com"><input></form>
<a onclick="alert(11)" style="position:fixed;inset:0" href="https://evil.example.com/x">big</a>
<style>body { display: none }</style><base href="https://evil.example.com/">
<meta http-equiv="refresh" content="0;url=https://evil.example.com"><link rel=x href=//evil>
LONGWORD

## Action items

- [ ] <script>alert(12)</script> (@<img src=x onerror=alert(13)>, due "><script>alert(14)</script>)

## Timeline

- 2024-04-01 10:00 UTC <script>alert(15)</script> started
- 2024-04-01 10:30 UTC </svg><script>alert(16)</script> resolved
""".replace("LONGWORD", "w" * 4000)

AGAIN = """\
---
title: Invoices waited for a lock
date: 2024-02-11
severity: SEV3
status: published
services: [invoices]
tags: [queue]
visibility: public
---

## Summary

The worker of the queue waited for a lock, and 300 invoices left late.

## Timeline

- 2024-02-11 22:00 UTC: The worker waits.
- 23:00 UTC: It is restarted. Resolved.

## Root cause

The lock had no time limit.
"""

REPORTS = {
    "2024-10-14-checkout.md": CHECKOUT + GUARD,
    "2024-09-03-yoyaku.md": RESERVATIONS,
    "2024-08-02-slow-queue.md": QUEUE + GUARD,
    "2024/2024-07-19-depositos.md": PRIVACY,
    "2024/2024-06-30-xylophone.md": SECRET,
    "2024-05-11-export.md": PARTLY + GUARD,
    "2024-04-01-hostile.md": HOSTILE,
    "2024-02-11-invoices.md": AGAIN,
}

SECRETS = {
    "restricted": ("Xylophone", "Glockenspiel", "theremin", "marimba", "2024-06-30"),
    "internal": ("La vista de otra persona", "Zanahoria", "depósitos", "Okapi", "Quokka"),
}
"""Words that only those may see who are at least of this audience."""


def project(folder: Path, reports: dict[str, str] = REPORTS) -> Project:
    """A project with these reports in `folder`."""
    (folder / "twiceshy.toml").write_text(CONFIG, encoding="utf-8")
    for name, text in reports.items():
        file = folder / "postmortems" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return load_project(folder)


SEEN = Series(
    "Waiting in the queue of the harbour office",
    "jobs",
    8.0,
    (Line("waiting", tuple((float(at), float(at * at)) for at in range(8))),),
    (Band(2.0, 4.0, "kill worker"),),
)
"""How the last rehearsal of the slow queue looked on the version that failed."""


def rehearse(made: Project) -> None:
    """Verdicts in the archive: one guard proved, one whose failure comes back."""
    by_name = {report.path.name: report for report in read_reports(made.root / made.reports)}
    told = (
        ("2024-08-02-slow-queue.md", "faulty", Value.RECURS),
        ("2024-08-02-slow-queue.md", "", Value.HOLDS),
        ("2024-10-14-checkout.md", "", Value.RECURS),
    )
    with Archive.open(made.root) as archive:
        for name, version, value in told:
            report = by_name[name]
            verdict = Verdict(value, exhibits=(SEEN,) if version else ())
            finished = GuardFinished(report, report.guards[0], verdict, 1.0, version)
            archive.record(f"run-{version}", finished)
