-- Drops the columns and tables of left-out modules (after prune.sql).
SET client_min_messages = warning;
DO $$
DECLARE t record;
BEGIN
  FOR t IN SELECT tbl, col FROM reduce.dropped_column LOOP
    EXECUTE format('ALTER TABLE %I DROP COLUMN %I CASCADE', t.tbl, t.col);
  END LOOP;
  FOR t IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname NOT IN (SELECT tbl FROM reduce.tbl) LOOP
    EXECUTE format('DROP TABLE %I CASCADE', t.relname);
  END LOOP;
END $$;

-- The website module replaced this one by (login, website_id).
ALTER TABLE res_users ADD CONSTRAINT res_users_login_key UNIQUE (login);
