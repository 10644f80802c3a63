-- After every `zhizhao migrate` and `zhizhao restore`, as zhizhao_owner in the database: psql -v ON_ERROR_STOP=1 -f grants.sql
-- Tables that only grow are known by their own triggers, so that this file need not name them.
BEGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO zhizhao_app;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM zhizhao_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO zhizhao_app;
REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM zhizhao_app;
DO $$
DECLARE grows text;
BEGIN
  FOR grows IN SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
   WHERE t.tgname = c.relname || '_append_only' AND c.relnamespace = 'public'::regnamespace
  LOOP
    EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %I FROM zhizhao_app', grows);
  END LOOP;
END $$;
COMMIT;
