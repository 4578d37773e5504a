"""The ledger as delivery works on it: taking a message, and writing down what came of it.

A lane is taken in one statement, for one message, with a lease; what came of it is written in another, which frees the
lane. No transaction is open in between, while Slack is asked. All moments are PostgreSQL's: replicas share no clock.

`attempted_at` of a message without `ts` is the moment of the first attempt whose outcome nobody knows. It is set when
the lane is taken, before Slack is asked, and taken back when Slack is known not to have the message. So after a crash
at any point such a message is looked for in Slack before it is sent again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from bot.db import DELIVERY, Transaction

LEASE_SECONDS = 15.0
"""How long a process owns a lane; longer than one call to Slack may take, and renewed before a further one."""

POST_SECONDS = 1.0
"""One message per second and conversation: docs.slack.dev/apis/web-api/rate-limits."""

EDIT_SECONDS = 1.2
EDIT_BURST = 10
"""`chat.update` is taken about 50 times a minute (tier 3 of the same page); so many may come at once."""

BLOCKED_SECONDS = 900.0
"""A conversation that takes no messages is tried again this often, in case the news that it does was missed."""

RECHECK_SECONDS = (30.0, 300.0)
"""How long after a second sending Slack is searched for the first one, which may have arrived after all."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A message of the ledger as it was when its lane was taken.

    `channel` is Slack's conversation id, None for direct messages that were never opened; `ts` is set once Slack has
    the message; until then `shown_revision` is what the latest attempt carried. `unknown_since` is the first attempt
    whose outcome nobody knows, if there was one. `owner` is what the lease is held under.
    """

    id: int
    key: str
    lane: str
    kind: str
    subject: str | None
    notification_key: str | None
    payload: dict[str, Any]
    revision: int
    shown_revision: int
    withdrawn: bool
    channel: str | None
    ts: str | None
    thread_ts: str | None
    attempts: int
    unknown_since: datetime | None
    owner: str

    @property
    def to_person(self) -> bool:
        """Whether the lane is a person's direct messages: Slack's user ids begin with U or W."""
        return self.lane.startswith(("U", "W"))


_TAKE = text(
    """
    WITH closed AS (SELECT method FROM internal.budgets WHERE next_at > now()),
    chosen AS (
      SELECT l.lane, next.id, next.attempts, next.need, next.unknown_since
        FROM internal.lanes l
       CROSS JOIN LATERAL (
         SELECT * FROM (
           -- The lane's next message. One whose parent is still to come waits for it, and lets later ones pass.
           (SELECT m.id, m.urgency, m.attempts, m.attempted_at AS unknown_since,
                   CASE WHEN m.attempted_at IS NULL THEN 'chat.postMessage' ELSE 'conversations.history' END AS need
              FROM internal.ledger m
              LEFT JOIN internal.ledger parent ON parent.key = m.parent_key
             WHERE m.lane = l.lane AND m.state = 'pending' AND m.ts IS NULL AND l.next_at <= now()
               AND (m.not_before IS NULL OR m.not_before <= now())
               AND (parent.id IS NULL OR parent.state <> 'pending' OR parent.ts IS NOT NULL)
             ORDER BY m.id LIMIT 1)
           UNION ALL
           -- The lane's most urgent change of a message that stands already.
           (SELECT m.id, m.urgency, m.attempts, NULL,
                   CASE WHEN m.withdrawn THEN 'chat.delete' ELSE 'chat.update' END
              FROM internal.ledger m
             WHERE m.lane = l.lane AND m.state = 'pending' AND m.ts IS NOT NULL
               AND (m.not_before IS NULL OR m.not_before <= now())
             ORDER BY m.urgency, m.id LIMIT 1)
         ) candidates
          WHERE need NOT IN (SELECT method FROM closed)
          ORDER BY urgency, id LIMIT 1) next
       WHERE (l.leased_until IS NULL OR l.leased_until <= now())
         AND (l.blocked IS NULL OR l.blocked_at <= now() - make_interval(secs => :blocked_seconds))
       ORDER BY next.urgency, next.id LIMIT 1
       FOR UPDATE OF l SKIP LOCKED),
    taken AS (
      -- Chosen from a snapshot: another process may have tried or settled the message before the lock was ours.
      UPDATE internal.ledger m
         SET attempts = m.attempts + 1,
             attempted_at = CASE WHEN m.ts IS NULL THEN COALESCE(m.attempted_at, now()) ELSE m.attempted_at END,
             shown_revision = CASE WHEN chosen.need = 'chat.postMessage' THEN m.revision ELSE m.shown_revision END
        FROM chosen
       WHERE m.id = chosen.id AND m.state = 'pending' AND m.attempts = chosen.attempts
         AND (m.ts IS NULL) = (chosen.need IN ('chat.postMessage', 'conversations.history'))
      RETURNING m.*, chosen.need, chosen.unknown_since),
    paced AS (
      INSERT INTO internal.budgets AS b (method, next_at)
      SELECT 'chat.update', now() + make_interval(secs => :gap - :burst) FROM taken WHERE need = 'chat.update'
      ON CONFLICT (method) DO UPDATE
         SET next_at = GREATEST(b.next_at, now() - make_interval(secs => :burst)) + make_interval(secs => :gap))
    UPDATE internal.lanes l
       SET leased_until = now() + make_interval(secs => :lease), leased_by = :owner
      FROM taken
      LEFT JOIN internal.ledger parent
        ON parent.key = taken.parent_key AND parent.state IN ('pending', 'settled') AND NOT parent.withdrawn
      LEFT JOIN users person ON person.slack_id = taken.lane
     WHERE l.lane = taken.lane
    RETURNING taken.id, taken.key, taken.lane, taken.kind, taken.subject, taken.notification_key, taken.payload,
              taken.revision, taken.shown_revision, taken.withdrawn,
              COALESCE(taken.channel, person.direct_channel,
                       CASE WHEN taken.lane !~ '^[UW]' THEN taken.lane END) AS channel,
              taken.ts, COALESCE(parent.ts, taken.thread_ts) AS thread_ts, taken.attempts, taken.unknown_since
    """
)
# A budget's `next_at` may lie in the past by as much as a burst is worth; the method is closed while it lies ahead.


async def take(tx: Transaction, owner: str) -> Entry | None:
    """Lease the lane whose next message is the most urgent, and return that message; None if nothing can be done now.

    `owner` must not have been used before.
    """
    row = (
        await tx.session.execute(
            _TAKE,
            {
                "owner": owner,
                "lease": LEASE_SECONDS,
                "gap": EDIT_SECONDS,
                "burst": EDIT_SECONDS * EDIT_BURST,
                "blocked_seconds": BLOCKED_SECONDS,
            },
        )
    ).one_or_none()
    return Entry(**row._mapping, owner=owner) if row else None


_NEXT = text(
    """
    SELECT EXTRACT(EPOCH FROM min(moment) - now())::float8 FROM (
      SELECT GREATEST(next_at, leased_until, blocked_at + make_interval(secs => :blocked_seconds)) AS moment
        FROM internal.lanes l
       CROSS JOIN LATERAL (
         SELECT FROM internal.ledger m
          WHERE m.lane = l.lane AND m.state = 'pending' AND m.ts IS NULL LIMIT 1) unsent
      UNION ALL
      SELECT GREATEST(leased_until, blocked_at + make_interval(secs => :blocked_seconds))
        FROM internal.lanes l
       CROSS JOIN LATERAL (
         SELECT FROM internal.ledger m
          WHERE m.lane = l.lane AND m.state = 'pending' AND m.ts IS NOT NULL LIMIT 1) changed
      UNION ALL
      (SELECT not_before FROM internal.ledger WHERE state = 'pending' AND not_before > now()
        ORDER BY not_before LIMIT 1)
      UNION ALL
      SELECT next_at FROM internal.budgets
      UNION ALL
      (SELECT recheck_at FROM internal.ledger WHERE recheck_at > now() ORDER BY recheck_at LIMIT 1)
    ) moments WHERE moment > now()
    """
)
# `LATERAL … LIMIT 1` and not `EXISTS`, of which the planner makes a scan of everything that waits.


async def seconds_to_next(tx: Transaction) -> float | None:
    """How long until something can be done: a lane's next second, a lease's end, a second look; None if nothing."""
    seconds: float | None = await tx.session.scalar(_NEXT, {"blocked_seconds": BLOCKED_SECONDS})
    return seconds


async def renew(tx: Transaction, entry: Entry) -> bool:
    """Hold the lane for a whole lease from now; False where somebody else has it."""
    renewed = await tx.session.execute(
        text(
            "UPDATE internal.lanes SET leased_until = now() + make_interval(secs => :lease)"
            " WHERE lane = :lane AND leased_by = :owner AND leased_until > now() RETURNING lane"
        ),
        {"lane": entry.lane, "owner": entry.owner, "lease": LEASE_SECONDS},
    )
    return renewed.first() is not None


_SETTLE = text(
    """
    WITH settled AS (
      UPDATE internal.ledger
         SET ts = COALESCE(ts, CAST(:ts AS text)),
             channel = COALESCE(CAST(:channel AS text), channel),
             posted_at = CASE WHEN ts IS NULL AND CAST(:ts AS text) IS NOT NULL THEN now() ELSE posted_at END,
             shown_revision = :shown,
             state = CASE WHEN :state = 'settled' AND (withdrawn OR revision > :shown) THEN 'pending'
                          ELSE :state END,
             -- Another process took this message for lost and sent it too: one of the two has to go.
             recheck_at = CASE WHEN :recheck OR ts <> CAST(:ts AS text)
                               THEN now() + make_interval(secs => :recheck_seconds) ELSE recheck_at END,
             attempts = 0, not_before = NULL, last_error = :error
       WHERE id = :id)
    UPDATE internal.lanes
       SET leased_until = NULL, leased_by = NULL, blocked = NULL, blocked_at = NULL,
           next_at = GREATEST(next_at, now() + make_interval(secs => :pause))
     WHERE lane = :lane AND leased_by = :owner
    """
)


async def settle(
    tx: Transaction,
    entry: Entry,
    *,
    state: str = "settled",
    channel: str | None = None,
    ts: str | None = None,
    shown: int | None = None,
    recheck: bool = False,
    error: str | None = None,
) -> None:
    """Slack agrees with the message as `entry` has it (or never will: `state` is `cancelled` or `parked`).

    `ts` is given for a message that stands since now; after a new one the lane waits for its next second. `shown` is
    the revision that stands, by default the entry's. With `recheck` Slack is searched again later for a twin. What
    changed in the meantime stays to be done.
    """
    await tx.session.execute(
        _SETTLE,
        {
            "id": entry.id,
            "lane": entry.lane,
            "owner": entry.owner,
            "state": state,
            "channel": channel,
            "ts": ts,
            "shown": entry.revision if shown is None else shown,
            "recheck": recheck,
            "recheck_seconds": RECHECK_SECONDS[0],
            "error": error,
            "pause": POST_SECONDS if entry.ts is None else 0.0,
        },
    )


_POSTPONE = text(
    """
    WITH postponed AS (
      UPDATE internal.ledger
         SET last_error = :error,
             attempted_at = CASE WHEN ts IS NOT NULL OR :unknown THEN attempted_at
                                 ELSE CAST(:unknown_since AS timestamptz) END,
             not_before = CASE WHEN ts IS NULL THEN not_before ELSE now() + make_interval(secs => :seconds) END
       WHERE id = :id)
    UPDATE internal.lanes
       SET leased_until = NULL, leased_by = NULL,
           next_at = CASE WHEN :is_new THEN GREATEST(next_at, now() + make_interval(secs => :seconds))
                          ELSE next_at END,
           blocked = COALESCE(CAST(:blocked AS text), blocked),
           blocked_at = CASE WHEN CAST(:blocked AS text) IS NOT NULL THEN now() ELSE blocked_at END
     WHERE lane = :lane AND leased_by = :owner
    """
)


async def postpone(
    tx: Transaction,
    entry: Entry,
    error: str,
    *,
    seconds: float = 0.0,
    unknown: bool = False,
    blocked: str | None = None,
) -> None:
    """The message is not settled and comes again after `seconds`; a new one holds its lane up, so that order is kept.

    `unknown` says that Slack may have it. `blocked` is Slack's code for a conversation that takes no messages.
    """
    await tx.session.execute(
        _POSTPONE,
        {
            "id": entry.id,
            "lane": entry.lane,
            "owner": entry.owner,
            "error": error,
            "unknown": unknown,
            "unknown_since": entry.unknown_since,
            "is_new": entry.ts is None,
            "seconds": seconds,
            "blocked": blocked,
        },
    )


async def close_method(tx: Transaction, method: str, seconds: float) -> None:
    """Slack takes no more calls of `method` from this workspace for so long."""
    await tx.session.execute(
        text(
            "INSERT INTO internal.budgets AS b (method, next_at)"
            " VALUES (:method, now() + make_interval(secs => :seconds))"
            " ON CONFLICT (method) DO UPDATE SET next_at = GREATEST(b.next_at, excluded.next_at)"
        ),
        {"method": method, "seconds": seconds},
    )


async def remember_direct(tx: Transaction, slack_id: str, channel: str) -> None:
    """Keep the conversation of somebody's direct messages, so that it is opened once."""
    await tx.session.execute(
        text("UPDATE users SET direct_channel = :channel WHERE slack_id = :slack_id"),
        {"slack_id": slack_id, "channel": channel},
    )


@dataclass(frozen=True, slots=True)
class Recheck:
    """A message that was sent twice, or taken back while nobody knew whether it had been sent at all.

    `ts` is the one that is to stay, None if none is. `since` is the first attempt; `age` the seconds since the last
    sending.
    """

    id: int
    lane: str
    channel: str
    ts: str | None
    thread_ts: str | None
    since: datetime
    age: float


async def take_recheck(tx: Transaction) -> Recheck | None:
    """A message whose moment to be searched for has come. For a minute nobody else takes it."""
    row = (
        await tx.session.execute(
            text(
                """
                UPDATE internal.ledger m SET recheck_at = now() + interval '1 minute'
                 WHERE m.id = ANY(ARRAY(
                   SELECT id FROM internal.ledger
                    WHERE recheck_at <= now()
                      AND NOT EXISTS (SELECT FROM internal.budgets
                                       WHERE method IN ('conversations.history', 'chat.delete') AND next_at > now())
                    ORDER BY recheck_at LIMIT 1 FOR UPDATE SKIP LOCKED))
                RETURNING m.id, m.lane, m.channel, CASE WHEN m.state <> 'cancelled' THEN m.ts END AS ts,
                          COALESCE((SELECT p.ts FROM internal.ledger p WHERE p.key = m.parent_key), m.thread_ts)
                            AS thread_ts,
                          m.attempted_at AS since,
                          EXTRACT(EPOCH FROM now() - COALESCE(m.posted_at, m.attempted_at))::float8 AS age
                """
            )
        )
    ).one_or_none()
    return Recheck(**row._mapping) if row else None


async def settle_recheck(tx: Transaction, recheck: Recheck, *, again: float | None) -> None:
    """The message was searched for; it is again after `again` seconds, or never."""
    await tx.session.execute(
        text(
            "UPDATE internal.ledger"
            " SET recheck_at = now() + make_interval(secs => CAST(:again AS float8)) WHERE id = :id"
        ),
        {"id": recheck.id, "again": again},
    )


async def unblock(tx: Transaction, lane: str) -> None:
    """The conversation takes messages again: what waited for it goes out."""
    freed = await tx.session.execute(
        text(
            "UPDATE internal.lanes SET blocked = NULL, blocked_at = NULL"
            " WHERE lane = :lane AND blocked IS NOT NULL RETURNING lane"
        ),
        {"lane": lane},
    )
    if freed.first() is not None:
        tx.wakes.add(DELIVERY)
