-- pg_cdp: customer data platform as SQL.
-- The script is joined from sql/install/NN_<room>.sql; names may use objects of lower numbers only.

\echo Use "CREATE EXTENSION pg_cdp" to load this file. \quit

CREATE SCHEMA cdp;
COMMENT ON SCHEMA cdp IS 'customer data platform: types, functions and, after SELECT cdp.setup(), the managed tables';

-- Whoever installs the extension may make the managed tables; everybody may use the types and
-- functions. The tables themselves are their owner's to grant.
GRANT USAGE, CREATE ON SCHEMA cdp TO @extowner@;
GRANT USAGE ON SCHEMA cdp TO PUBLIC;

