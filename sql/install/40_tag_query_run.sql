--| ## What a query says
-- What a query says must not depend on who refreshes: whatever decides how SQL is read and how a
-- value is written as text is set for the functions that plan and run it; times are in the zone of
-- the business. Operators and types between the parts of the statement are those of pg_catalog, not
-- those that come first on the query's search_path.
--
-- A cursor takes one statement only, and is opened here but not read. The outer join on false lets
-- the planner see the query's columns and never run it.
CREATE FUNCTION cdp._query_shape(query text, query_path text, what text, with_value boolean, value_type text DEFAULT NULL)
    RETURNS TABLE (by_identifier boolean, one_id_column text, value_column text, kept_as text)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
    SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres'
    SET extra_float_digits = 1 SET bytea_output = 'hex' SET standard_conforming_strings = on AS $$
DECLARE
    source text := format(E'(SELECT 1) AS one LEFT JOIN (\n%s\n) AS q ON false', cdp._query_trim(query));
    -- Under the path of the query nothing is called by a name without a schema.
    statement text := format('SELECT pg_catalog.row_to_json(c) AS c FROM (SELECT q.* FROM %s) AS c', source);
    columns text[];
    person text[];
    types text[];
    found refcursor;
    shown record;
BEGIN
    PERFORM cdp._query_path_check(what, query_path);
    PERFORM set_config('timezone', cdp.setting('time_zone'), true);
    PERFORM set_config('search_path', query_path, true);
    OPEN found FOR EXECUTE statement;
    FETCH found INTO shown;
    CLOSE found;
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    columns := ARRAY(SELECT k.name FROM json_object_keys(shown.c) WITH ORDINALITY AS k (name, place)
                      ORDER BY k.place);
    by_identifier := columns @> '{id_type,id_value}';
    person := CASE WHEN by_identifier THEN '{id_type,id_value}'::text[] ELSE '{one_id}' END;
    IF NOT (columns @> person AND columns <@ (person || CASE WHEN with_value THEN '{value}'::text[] END)
            AND cardinality(columns) = (SELECT count(DISTINCT c) FROM unnest(columns) AS c)) THEN
        RAISE EXCEPTION 'query of % returns columns (%)', what, array_to_string(columns, ', ') USING
            ERRCODE = 'datatype_mismatch',
            DETAIL = CASE WHEN with_value
                THEN 'Expected (one_id), (one_id, value), (id_type, id_value) or (id_type, id_value, value).'
                ELSE 'Expected (one_id) or (id_type, id_value).' END,
            HINT = 'Name the columns with AS.';
    END IF;
    statement := format('SELECT ARRAY[%s]::pg_catalog.text[] AS t FROM %s',
        (SELECT string_agg(format('pg_catalog.pg_typeof(q.%I)', c), ', ') FROM unnest(columns) AS c), source);
    PERFORM set_config('search_path', query_path, true);
    OPEN found FOR EXECUTE statement;
    FETCH found INTO shown;
    CLOSE found;
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    types := shown.t;
    IF NOT by_identifier
       AND types[array_position(columns, 'one_id')] <> ALL ('{smallint,integer,bigint}') THEN
        RAISE EXCEPTION 'query of % returns column "one_id" of type %', what,
            types[array_position(columns, 'one_id')] USING
            ERRCODE = 'datatype_mismatch', DETAIL = 'Expected an integer.';
    END IF;
    one_id_column := CASE types[array_position(columns, 'one_id')]
        WHEN 'bigint' THEN 'cdp._one_id_read(q.one_id)' ELSE 'q.one_id::pg_catalog.int4' END;
    SELECT v.as_type, v.expression INTO kept_as, value_column
      FROM cdp._query_value(what, types[array_position(columns, 'value')], value_type) AS v;
    RETURN NEXT;
END $$;
COMMENT ON FUNCTION cdp._query_shape(text, text, text, boolean, text) IS
    'internal: checks a definition without running it; how its columns are to be read, and as values of which type';

CREATE FUNCTION cdp._query_value(what text, column_type text, value_type text, OUT as_type text, OUT expression text)
    LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    expected text;
BEGIN
    as_type := coalesce(value_type, CASE WHEN coalesce(column_type, 'boolean') = 'boolean' THEN 'boolean' ELSE 'multi' END);
    CASE as_type
        WHEN 'number' THEN
            expected := 'an integer or numeric type';
            expression := CASE
                WHEN column_type IN ('smallint', 'integer', 'bigint') THEN 'q.value::pg_catalog.int8'
                WHEN column_type = 'numeric' THEN 'cdp._tag_number_read(q.value)'
                WHEN column_type IN ('real', 'double precision') THEN 'cdp._tag_number_read(q.value::pg_catalog.float8)' END;
        WHEN 'date' THEN
            expected := 'date or a timestamp';
            expression := CASE
                WHEN column_type IN ('date', 'timestamp without time zone', 'timestamp with time zone')
                THEN 'cdp._tag_date_read(q.value::pg_catalog.date)' END;
        WHEN 'boolean' THEN
            expected := 'boolean';
            -- "false" is not a value but its absence.
            expression := CASE WHEN column_type IS NULL THEN $v$'true'$v$
                               WHEN column_type = 'boolean' THEN $v$CASE WHEN q.value THEN 'true' END$v$ END;
        ELSE
            expected := 'any type';
            expression := CASE WHEN column_type IS NULL AND as_type = 'enum' THEN NULL
                               WHEN column_type IS NULL THEN $v$'true'$v$
                               WHEN column_type = 'boolean' THEN $v$CASE WHEN q.value THEN 'true' END$v$
                               ELSE 'q.value::pg_catalog.text' END;
    END CASE;
    IF expression IS NULL THEN
        RAISE EXCEPTION 'query of % returns %', what,
            CASE WHEN column_type IS NULL THEN 'no column "value"' ELSE format('column "value" of type %s', column_type) END USING
            ERRCODE = 'datatype_mismatch',
            DETAIL = format('Values of type "%s" need one of %s.', as_type, expected);
    END IF;
END $$;
COMMENT ON FUNCTION cdp._query_value(text, text, text) IS
    'internal: how the column "value" of a query is read: as values of this type or, by default, of the one that fits';

CREATE FUNCTION cdp._query_people(query text, by_identifier boolean, one_id_column text, value_column text) RETURNS text
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $f$
    SELECT format(CASE WHEN by_identifier THEN $s$
            SELECT i.one_id, q.value
              FROM (SELECT q.id_type::pg_catalog.text AS id_type, q.id_value::pg_catalog.text AS id_value,
                           %2$s AS value FROM (
%3$s
                   ) AS q) AS q
              LEFT JOIN cdp.id_type AS y ON y.name OPERATOR(pg_catalog.=) cdp._id_type_name(q.id_type)
              LEFT JOIN cdp.identifier AS i
                ON i.type_id OPERATOR(pg_catalog.=) y.type_id
               AND i.value OPERATOR(pg_catalog.=) cdp._id_value(q.id_type, q.id_value)$s$
        -- Whether there is such a person is asked of whole bitmaps, not of each row: see _query_known().
        ELSE $s$
            SELECT %1$s AS one_id, %2$s AS value FROM (
%3$s
                   ) AS q$s$ END,
        one_id_column, value_column, cdp._query_trim(query))
$f$;
COMMENT ON FUNCTION cdp._query_people(text, boolean, text, text) IS
    'internal: the statement of (one_id, value) that a definition means; one_id is NULL for an unknown identifier';

-- An id that a query has from elsewhere may be retired by now; its survivor is meant.
CREATE FUNCTION cdp._query_known(members cdp.roaringbitmap[],
    OUT everyone cdp.roaringbitmap, OUT retired cdp.roaringbitmap, OUT nobody int8)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gone cdp.roaringbitmap := (SELECT coalesce(cdp.rb_build_agg(p.one_id), '{}') FROM cdp.person AS p WHERE p.merged_into IS NOT NULL);
BEGIN
    everyone := (SELECT coalesce(cdp.rb_build_agg(p.one_id), '{}') FROM cdp.person AS p);
    SELECT coalesce(cdp.rb_or_agg(cdp.rb_and(m.ids, gone)), '{}'), coalesce(sum(cdp.rb_andnot_cardinality(m.ids, everyone)), 0)
      INTO retired, nobody FROM unnest(members) AS m (ids);
END $$;
COMMENT ON FUNCTION cdp._query_known(cdp.roaringbitmap[]) IS
    'internal: everybody there ever was, whom of these somebody has absorbed, and how many of these are nobody';

CREATE FUNCTION cdp._query_chunks(query text, query_path text, what text, with_value boolean, value_type text DEFAULT NULL,
    OUT vals text[], OUT chunks int4[], OUT members cdp.roaringbitmap[], OUT retired cdp.roaringbitmap,
    OUT unresolved int8, OUT resolved int8)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
    SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres'
    SET extra_float_digits = 1 SET bytea_output = 'hex' SET standard_conforming_strings = on AS $$
DECLARE
    shape record;
    known record;
    statement text;
BEGIN
    PERFORM set_config('timezone', cdp.setting('time_zone'), true);
    SELECT * INTO shape FROM cdp._query_shape(query, query_path, what, with_value, value_type);
    statement := format($s$
        SELECT pg_catalog.array_agg(c.value) FILTER (WHERE c.chunk IS NOT NULL),
               pg_catalog.array_agg(c.chunk) FILTER (WHERE c.chunk IS NOT NULL),
               pg_catalog.array_agg(c.members) FILTER (WHERE c.chunk IS NOT NULL),
               coalesce(pg_catalog.sum(c.rows) FILTER (WHERE c.chunk IS NULL), 0)::pg_catalog.int8,
               coalesce(pg_catalog.sum(c.rows) FILTER (WHERE c.chunk IS NOT NULL), 0)::pg_catalog.int8
          FROM (SELECT n.value, cdp.chunk_of(n.one_id) AS chunk, cdp.rb_build_agg(n.one_id) AS members, pg_catalog.count(*) AS rows
                  FROM (%s) AS n
                 WHERE n.value IS NOT NULL GROUP BY 1, 2) AS c $s$,
        cdp._query_people(query, shape.by_identifier, shape.one_id_column, shape.value_column));
    PERFORM set_config('search_path', query_path, true);
    EXECUTE statement INTO vals, chunks, members, unresolved, resolved;
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    retired := '{}';
    IF NOT shape.by_identifier THEN
        known := cdp._query_known(members);
        retired := known.retired;
        unresolved := unresolved + known.nobody;
        resolved := resolved - known.nobody;
        IF known.nobody > 0 THEN
            SELECT array_agg(f.value), array_agg(f.chunk), array_agg(f.members)
              INTO vals, chunks, members
              FROM (SELECT f.value, f.chunk, cdp.rb_and(f.members, known.everyone) AS members
                      FROM unnest(_query_chunks.vals, _query_chunks.chunks, _query_chunks.members) AS f (value, chunk, members)) AS f
             WHERE NOT cdp.rb_is_empty(f.members);
        END IF;
    END IF;
    PERFORM cdp._tag_value_check(vals);
    IF value_type = 'enum' THEN
        PERFORM cdp._query_single(vals, chunks, members);
    END IF;
END $$;
COMMENT ON FUNCTION cdp._query_chunks(text, text, text, boolean, text) IS
    'internal: runs a definition; its people as bitmaps per value and chunk, and how many rows mean nobody known and somebody';

CREATE FUNCTION cdp._query_single(vals text[], chunks int4[], members cdp.roaringbitmap[]) RETURNS void
    LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    crowded int4;
    person record;
BEGIN
    SELECT f.chunk INTO crowded
      FROM unnest(chunks, members) AS f (chunk, members)
     GROUP BY f.chunk HAVING sum(cdp.rb_cardinality(f.members)) > cdp.rb_or_cardinality_agg(f.members)
     ORDER BY f.chunk LIMIT 1;
    IF crowded IS NULL THEN
        RETURN;
    END IF;
    SELECT m.one_id, array_agg(f.value ORDER BY f.value) AS vals INTO person
      FROM unnest(vals, chunks, members) AS f (value, chunk, members)
     CROSS JOIN LATERAL cdp.rb_iterate(f.members) AS m (one_id)
     WHERE f.chunk = crowded
     GROUP BY m.one_id HAVING count(*) > 1 ORDER BY cdp._one_id_unsigned(m.one_id) LIMIT 1;
    RAISE EXCEPTION 'person % has several values: %', person.one_id, array_to_string(person.vals, ', ') USING
        ERRCODE = 'cardinality_violation',
        DETAIL = 'A tag of type "enum" has one value a person.',
        HINT = 'Decide for one in the query, or define the tag with value_type => ''multi''.';
END $$;
COMMENT ON FUNCTION cdp._query_single(text[], int4[], cdp.roaringbitmap[]) IS
    'internal: an error when somebody has more than one of these values';

CREATE FUNCTION cdp._query_numbers(query text, query_path text, what text, value_type text, on_merge text,
    OUT chunks int4[], OUT numbers cdp.bsi[], OUT retired cdp.roaringbitmap, OUT unresolved int8, OUT resolved int8)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
    SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres'
    SET extra_float_digits = 1 SET bytea_output = 'hex' SET standard_conforming_strings = on AS $$
DECLARE
    shape record;
    known record;
    statement text;
BEGIN
    PERFORM set_config('timezone', cdp.setting('time_zone'), true);
    SELECT * INTO shape FROM cdp._query_shape(query, query_path, what, true, value_type);
    statement := format($s$
        SELECT pg_catalog.array_agg(c.chunk) FILTER (WHERE c.chunk IS NOT NULL),
               pg_catalog.array_agg(c.numbers) FILTER (WHERE c.chunk IS NOT NULL),
               coalesce(pg_catalog.sum(c.rows) FILTER (WHERE c.chunk IS NULL), 0)::pg_catalog.int8,
               coalesce(pg_catalog.sum(c.rows) FILTER (WHERE c.chunk IS NOT NULL), 0)::pg_catalog.int8
          FROM (SELECT cdp.chunk_of(n.one_id) AS chunk, cdp.bsi_build_agg(n.one_id, n.value, %L) AS numbers, pg_catalog.count(*) AS rows
                  FROM (%s) AS n
                 WHERE n.value IS NOT NULL GROUP BY 1) AS c $s$,
        -- The rule by which two numbers of merged people become one holds for two rows of one person too.
        CASE on_merge WHEN 'survivor' THEN 'error' ELSE on_merge END,
        cdp._query_people(query, shape.by_identifier, shape.one_id_column, shape.value_column));
    PERFORM set_config('search_path', query_path, true);
    EXECUTE statement INTO chunks, numbers, unresolved, resolved;
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    retired := '{}';
    IF NOT shape.by_identifier THEN
        known := cdp._query_known(ARRAY(SELECT cdp.bsi_ebm(n) FROM unnest(numbers) AS n));
        retired := known.retired;
        unresolved := unresolved + known.nobody;
        resolved := resolved - known.nobody;
        IF known.nobody > 0 THEN
            SELECT array_agg(f.chunk), array_agg(f.numbers)
              INTO chunks, numbers
              FROM (SELECT f.chunk, cdp.bsi_restrict(f.numbers, known.everyone) AS numbers
                      FROM unnest(_query_numbers.chunks, _query_numbers.numbers) AS f (chunk, numbers)) AS f
             WHERE cdp.bsi_count(f.numbers) > 0;
        END IF;
    END IF;
END $$;
COMMENT ON FUNCTION cdp._query_numbers(text, text, text, text, text) IS
    'internal: runs a definition of numbers or dates; its people with their numbers per chunk';
