"""`internal.publish`: everything that follows from a change, written by one call.

Every command ends with it. As a function it keeps its plans in each connection; written out by the bot, PostgreSQL
would plan five statements anew each time, which costs as much as running them, because a pooler in transaction mode
does not go together with prepared statements. Its one argument is JSON, so that the code before and after a release
can call the same function: a later version may read more of it, and must go on reading what this one does.
"""

from __future__ import annotations

from alembic import op

revision = "004"
down_revision = "003"
branch_labels = None
depends_on = None

PUBLISH = """
CREATE FUNCTION internal.publish(doc jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF jsonb_array_length(doc -> 'redraws') > 0 THEN
    -- Before the new messages, which are as they are to be.
    UPDATE internal.ledger g
       SET payload = x.payload, revision = g.revision + 1, state = 'pending', urgency = x.urgency
      FROM jsonb_to_recordset(doc -> 'redraws')
        AS x(subject text, kind text, payload jsonb, urgency smallint, lane text)
     WHERE g.subject = x.subject AND g.kind = x.kind AND (x.lane IS NULL OR g.lane = x.lane)
       AND g.state IN ('pending', 'settled') AND NOT g.withdrawn;
  END IF;

  INSERT INTO public.events (subject, verb, actor_id, changes, why)
  SELECT x.subject, x.verb, x.actor_id, x.changes, x.why
    FROM jsonb_to_recordset(doc -> 'events')
      AS x(subject text, verb text, actor_id int, changes jsonb, why text);

  INSERT INTO public.notifications (key, user_id, type, title, message, related_task_id, related_triage_id)
  SELECT x.key, x.user_id, x.type, x.title, x.message, x.task_id, x.triage_id
    FROM jsonb_to_recordset(doc -> 'notices')
      AS x(key text, user_id int, type text, title text, message text, task_id int, triage_id int)
  ON CONFLICT (key) DO NOTHING;

  -- In sorted order, each once: two transactions that want the same lanes must not wait for each other in turn.
  INSERT INTO internal.lanes (lane)
  SELECT DISTINCT x.lane FROM jsonb_to_recordset(doc -> 'messages') AS x(lane text) ORDER BY 1
  ON CONFLICT (lane) DO NOTHING;

  INSERT INTO internal.ledger (key, lane, kind, subject, notification_key, parent_key, thread_ts, payload, urgency,
                               not_before)
  SELECT x.key, x.lane, x.kind, x.subject, x.notification_key, x.parent_key, x.thread_ts, x.payload, x.urgency,
         x.not_before
    FROM jsonb_to_recordset(doc -> 'messages')
      AS x(key text, lane text, kind text, subject text, notification_key text, parent_key text, thread_ts text,
           payload jsonb, urgency smallint, not_before timestamptz)
  ON CONFLICT (key) DO NOTHING;
END $$
"""


def upgrade() -> None:
    op.execute(PUBLISH)


def downgrade() -> None:
    op.execute("DROP FUNCTION internal.publish(jsonb)")
