--| ## Queries that users define
--| Tags and audiences are defined by one query each. It runs with the rights of whoever refreshes,
--| under the search_path that was in force when it was defined, and only when the one who refreshes
--| is the one who defined it: SQL of others never runs with one's own rights.

CREATE FUNCTION cdp._name_parts(name text) RETURNS TABLE (part text, times int8) LANGUAGE sql IMMUTABLE STRICT
    PARALLEL SAFE ROWS 20 SET search_path = pg_catalog, pg_temp AS $$
    SELECT substr(' ' || lower(name) || ' ', i + CASE size WHEN 1 THEN 1 ELSE 0 END, size), count(*)
      FROM generate_series(1, 2) AS size CROSS JOIN generate_series(1, length(lower(name)) + size - 1) AS i GROUP BY 1
$$;
COMMENT ON FUNCTION cdp._name_parts(text) IS
    'internal: the letters of a name and the pairs of neighbours, ends included, with how often each stands in it';

CREATE FUNCTION cdp._name_hint(word text, names text[]) RETURNS text LANGUAGE plpgsql IMMUTABLE
    PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    nearest text;
    likeness float8;
    listed text;
BEGIN
    -- Letters and pairs in common (Dice): pairs suit any script, and letters tell short names with two exchanged.
    SELECT n.name, 2 * sum(least(p.times, mine.times)) / (2 * length(lower(word)) + 1 + 2 * length(lower(n.name)) + 1)
      INTO nearest, likeness
      FROM unnest(names) AS n (name)
     CROSS JOIN LATERAL cdp._name_parts(n.name) AS p
      JOIN cdp._name_parts(word) AS mine USING (part)
     GROUP BY n.name
     ORDER BY 2 DESC, n.name
     LIMIT 1;
    -- Of words of two letters one is enough.
    IF likeness >= (CASE WHEN length(word) > 2 THEN 0.5 ELSE 0.4 END) THEN
        RETURN format('Perhaps you mean "%s".', nearest);
    END IF;
    SELECT string_agg(format('"%s"', n.name), ', ' ORDER BY n.place) INTO listed
      FROM unnest(names[1:10]) WITH ORDINALITY AS n (name, place);
    RETURN coalesce('There are: ' || listed || CASE WHEN cardinality(names) > 10 THEN ', ... .' ELSE '.' END,
                    'There are none yet.');
END $$;
COMMENT ON FUNCTION cdp._name_hint(text, text[]) IS
    'internal: hint for a name that does not exist: the most alike, or what there is';

CREATE FUNCTION cdp._query_owner_guard() RETURNS trigger LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Rules are nobody's SQL: who changes one does not make it his.
    IF TG_OP = 'UPDATE' AND (NEW.kind, NEW.owner) = (OLD.kind, OLD.owner) AND NEW.kind IN ('rule', 'expression') THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.owner = OLD.owner
       AND (NEW.kind, NEW.definition, NEW.search_path)
           IS DISTINCT FROM (OLD.kind, OLD.definition, OLD.search_path) THEN
        NEW.owner := current_user;
    END IF;
    -- Who can write the table must not be able to pass SQL off as that of a stronger role.
    IF NOT pg_has_role(current_user, NEW.owner, 'MEMBER') THEN
        RAISE EXCEPTION 'cannot make role "%" the owner of "%"', NEW.owner, NEW.name USING
            ERRCODE = 'insufficient_privilege',
            DETAIL = 'The owner is the role whose SQL the definition is.';
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION cdp._query_owner_guard() IS
    'internal: a definition belongs to the role that writes it (trigger on tag and audience)';

CREATE FUNCTION cdp._query_allow(what text, owner name) RETURNS void LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF owner <> current_user THEN
        RAISE EXCEPTION '% was defined by role "%"', what, owner USING
            ERRCODE = 'insufficient_privilege',
            DETAIL = format('Its SQL would run with the rights of "%s".', current_user),
            HINT = 'Refresh it as that role (SET ROLE), or read its SQL and define it again.';
    END IF;
END $$;
COMMENT ON FUNCTION cdp._query_allow(text, name) IS
    'internal: an error unless the current role is the one that defined the SQL';

CREATE FUNCTION cdp._query_trim(query text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT regexp_replace(query, '[[:space:];]+$', '')
$$;
COMMENT ON FUNCTION cdp._query_trim(text) IS 'internal: a query without the semicolon at its end';

CREATE FUNCTION cdp._query_path_check(what text, search_path text) RETURNS void LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF search_path IS NULL THEN
        RAISE EXCEPTION 'search_path of % cannot be null', what USING
            ERRCODE = 'null_value_not_allowed',
            HINT = 'Leave the argument out to take the current search_path.';
    END IF;
END $$;
COMMENT ON FUNCTION cdp._query_path_check(text, text) IS 'internal: an error for a definition without a search_path';

CREATE FUNCTION cdp._one_id_refuse(number int8) RETURNS int4 LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% is not a OneID', number USING
        ERRCODE = 'numeric_value_out_of_range',
        DETAIL = 'A OneID has 32 bits: 0 to 4294967295, or the same as int4.';
END $$;
COMMENT ON FUNCTION cdp._one_id_refuse(int8) IS 'internal: the error for a number that cannot be a OneID';

-- In one expression, so that it is inlined: it is computed for every row of a query.
CREATE FUNCTION cdp._one_id_read(number int8) RETURNS int4 LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN number BETWEEN 0 AND 4294967295 THEN cdp._one_id_signed(number)
                WHEN number BETWEEN -2147483648 AND -1 THEN number::int4
                ELSE cdp._one_id_refuse(number) END;
COMMENT ON FUNCTION cdp._one_id_read(int8) IS 'internal: the OneID that a number of a query means, signed or unsigned';

-- What a query says must not depend on who refreshes: whatever decides how SQL is read and how a
-- value is written as text is set for the functions that plan and run it; times are in the zone of
-- the business. Operators and types between the parts of the statement are those of pg_catalog, not
-- those that come first on the query's search_path.
--
-- A cursor takes one statement only, and is opened here but not read. The outer join on false lets
-- the planner see the query's columns and never run it.
