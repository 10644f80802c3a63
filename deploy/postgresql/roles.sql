-- Once for each server, as its administrator: psql -v ON_ERROR_STOP=1 -v database=zhizhao -f roles.sql
-- Makes two roles without passwords (set them with \password) and the database. Running it twice changes nothing.
--   zhizhao_owner  owns the tables; used by `zhizhao migrate` and `zhizhao restore`, never by a server
--   zhizhao_app    what `zhizhao serve` connects as: no DDL, and only INSERT and SELECT on what must only grow
SELECT 'CREATE ROLE zhizhao_owner LOGIN CREATEDB' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'zhizhao_owner') \gexec
SELECT 'CREATE ROLE zhizhao_app LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'zhizhao_app') \gexec
SELECT format('CREATE DATABASE %I OWNER zhizhao_owner TEMPLATE template0 ENCODING ''UTF8''', :'database')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO zhizhao_app;
