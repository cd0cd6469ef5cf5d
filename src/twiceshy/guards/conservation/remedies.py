"""What to do about it, one text for each sort of failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twiceshy.model.account import Wrong

REMEDIES: dict[Wrong, str] = {
    "lost": """\
Acknowledge only what is kept for good, and only then:

    BEGIN;
    INSERT INTO payments (key, amount) VALUES ($1, $2);
    COMMIT;   -- an error here must reach the client: it is no acknowledgement
    -- now, and not before: 201

- One connection and one transaction for each request; a rollback of one must not undo another's.
- With a queue or a broker: answer when it has confirmed that it stored the message, and let the
  worker acknowledge the message after its own commit.
- An event that follows from a row belongs into the same commit (an outbox table), not after it.
- Pass exceptions on: an error that is swallowed becomes an acknowledgement.""",
    "duplicated": """\
Let the database refuse the second one, and answer the retry like the first:

    ALTER TABLE payments ADD CONSTRAINT payments_once UNIQUE (key);

    INSERT INTO payments (key, amount) VALUES ($1, $2)
    ON CONFLICT (key) DO NOTHING;
    -- whether it inserted or not: read the row of that key, and answer 201 with it

- To look for the key first and insert then is no protection: two that look at once find nothing.
- What was answered belongs into the same transaction as what was done.
- A broker that drops duplicates only does so for a while: keep the key with the row as well.
- A worker that is killed gets its message again: what it does must be safe to do twice.""",
    "wrong amount": """\
Add in the database, in whole units, and let one statement do it:

    UPDATE totals SET amount = amount + $2 WHERE id = $1;

- To read, add and write back loses one of two that do so at once.
- Keep money as integers of the smallest unit, or as numeric; never as float.""",
    "unexpected": """\
What is answered as rejected, or was never sent, must leave nothing behind:

- Check before anything is written, or roll everything back that was written before the refusal.
- A status of 4xx says that nothing was applied. Where yours says something else, name it in
  `accepted`; statuses that mean "not applied" are named in `rejected`.
- A row that nobody sent: look which job or trigger wrote it, and whether a total was kept in the
  memory of one process while others changed the database.""",
    "undrained": """\
What was taken in must find its way back when whoever worked on it is gone:

- A job that is marked as in progress stays so when its worker is killed. Let the queue hand it out
  again after a while, or look for such jobs when a worker starts:

    UPDATE jobs SET status = 'todo'
    WHERE status = 'doing' AND started_at < now() - interval '1 minute';

- Let a worker connect again by itself when database or broker were away.
- A message that cannot be processed belongs aside, where people see it, not in everybody's way.""",
}
