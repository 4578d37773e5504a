"""The two roles of the document, and what they may touch.

Roles belong to the whole cluster, so they are made only where they are missing, and dropped only when no other
database still grants them something. The login that runs the bot may become `application_user`; it does so in every
transaction that a person asked for. Tables that later revisions add are covered by default privileges.
"""

from __future__ import annotations

from alembic import op

revision = "003"
down_revision = "002"
branch_labels = None
depends_on = None

UPGRADE = """
DO $$
DECLARE wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['application_user', 'read_only_user'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      -- Another database of this cluster has made it, perhaps at this very moment.
      NULL;
    END;
  END LOOP;
  -- As a superuser nothing needs granting; and a login that was given the role already keeps it.
  IF NOT pg_has_role(current_user, 'application_user', 'USAGE') THEN
    EXECUTE format('GRANT application_user TO %I', current_user);
  END IF;
END $$;
GRANT USAGE ON SCHEMA public TO application_user, read_only_user;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO application_user;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO application_user;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO read_only_user;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO application_user;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO application_user;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO read_only_user;
REVOKE INSERT, UPDATE, DELETE ON events, workspace, conversations, alembic_version FROM application_user;
"""

DOWNGRADE = """
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM application_user, read_only_user;
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM application_user;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM application_user, read_only_user;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM application_user;
REVOKE ALL ON SCHEMA public FROM application_user, read_only_user;
DO $$
DECLARE unwanted text;
BEGIN
  FOREACH unwanted IN ARRAY ARRAY['application_user', 'read_only_user'] LOOP
    BEGIN
      EXECUTE format('DROP ROLE IF EXISTS %I', unwanted);
    EXCEPTION WHEN dependent_objects_still_exist OR insufficient_privilege THEN
      -- Another database of this cluster still grants it something; the role stays for that one.
      NULL;
    END;
  END LOOP;
END $$;
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
