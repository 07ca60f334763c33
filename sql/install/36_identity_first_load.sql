--| ## The first load
-- While nothing is stored, all that there is to know comes by in one pass: identifiers are numbered, links
-- guarded and persons found in memory, and every row is written once, as it will be. It comes to the same
-- as ingest() and id_resolve() in turn, in a fraction of the time. The functions are steps upon what the
-- one before has left in memory of the transaction.

CREATE FUNCTION cdp._first_load_begin() RETURNS void
    AS 'MODULE_PATHNAME', 'cdp__first_load_begin' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION cdp._first_load_begin() IS 'internal: begins the first load of links';
CREATE FUNCTION cdp._first_load_end() RETURNS void
    AS 'MODULE_PATHNAME', 'cdp__first_load_end' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION cdp._first_load_end() IS 'internal: gives the memory of the first load back';
CREATE FUNCTION cdp._first_load_add(source text, type_a text, value_a text, type_b text, value_b text,
                                    seen_at timestamptz, weight float8) RETURNS boolean
    AS 'MODULE_PATHNAME', 'cdp__first_load_add' LANGUAGE C VOLATILE STRICT COST 10;
COMMENT ON FUNCTION cdp._first_load_add(text, text, text, text, text, timestamptz, float8) IS
    'internal: takes a link into the first load, its texts in the one spelling; true';
CREATE FUNCTION cdp._first_load_take_plain(source text, type_a text, value_a text, type_b text, value_b text,
    seen_at text, weight text, earliest timestamptz, latest timestamptz) RETURNS boolean
    AS 'MODULE_PATHNAME', 'cdp__first_load_take_plain' LANGUAGE C VOLATILE COST 10;
COMMENT ON FUNCTION cdp._first_load_take_plain(text, text, text, text, text, text, text, timestamptz, timestamptz) IS
    'internal: takes a landed link into the first load if it is written plainly; false: SQL has to look at it';
CREATE FUNCTION cdp._first_load_types(OUT nth int4, OUT name text) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp__first_load_types' LANGUAGE C STABLE ROWS 20;
COMMENT ON FUNCTION cdp._first_load_types() IS 'internal: the types of identifiers in the first load';
CREATE FUNCTION cdp._first_load_type_describe(nth int4, type_id int4, rank int4, fanout_limit int4, neighbour_limit int4,
                                              person_limit int4) RETURNS void
    AS 'MODULE_PATHNAME', 'cdp__first_load_type_describe' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION cdp._first_load_type_describe(int4, int4, int4, int4, int4, int4) IS
    'internal: tells the first load what is known of a type; a neighbour_limit or person_limit of 0 is none';
CREATE FUNCTION cdp._first_load_number(given int8) RETURNS int8
    AS 'MODULE_PATHNAME', 'cdp__first_load_number' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION cdp._first_load_number(int8) IS
    'internal: numbers the new identifiers of the load by first sight, behind those given out before; returns how many there are';
CREATE FUNCTION cdp._first_load_block_values(types int4[], vals text[]) RETURNS void
    AS 'MODULE_PATHNAME', 'cdp__first_load_block_values' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION cdp._first_load_block_values(int4[], text[]) IS
    'internal: identifiers of the first load that are of types[i] (0: of any) and, in lower case, vals[i] are placeholders';
CREATE FUNCTION cdp._first_load_block_patterns(types int4[], patterns text[]) RETURNS void
    AS 'MODULE_PATHNAME', 'cdp__first_load_block_patterns' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION cdp._first_load_block_patterns(int4[], text[]) IS
    'internal: identifiers of the first load that are of types[i] and, in lower case, match patterns[i] are placeholders';
CREATE FUNCTION cdp._first_load_resolve(size_cap int4, OUT pairs int8, OUT links int8, OUT persons int8, OUT blocked int8,
                                        OUT shared int8, OUT quarantined int8) RETURNS record
    AS 'MODULE_PATHNAME', 'cdp__first_load_resolve' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION cdp._first_load_resolve(int4) IS 'internal: guards the links of the first load and finds the persons';
CREATE FUNCTION cdp._first_load_identifiers(given int8, given_persons int8, at timestamptz, OUT id int4, OUT type_id int4,
    OUT value text, OUT one_id int4, OUT status text, OUT first_seen timestamptz, OUT last_seen timestamptz,
    OUT since timestamptz) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp__first_load_identifiers' LANGUAGE C STABLE STRICT ROWS 1000000;
COMMENT ON FUNCTION cdp._first_load_identifiers(int8, int8, timestamptz) IS
    'internal: rows for cdp.identifier, numbered behind those given out before, somebody''s since this time';
CREATE FUNCTION cdp._first_load_links(given int8, OUT a int4, OUT b int4, OUT source text, OUT weight float8,
    OUT first_seen timestamptz, OUT last_seen timestamptz, OUT n int8, OUT status text, OUT reason text)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp__first_load_links' LANGUAGE C STABLE STRICT ROWS 1000000;
COMMENT ON FUNCTION cdp._first_load_links(int8) IS 'internal: rows for cdp.link';
CREATE FUNCTION cdp._first_load_write_identifiers(relation regclass, given int8, given_persons int8, at timestamptz) RETURNS boolean
    AS 'MODULE_PATHNAME', 'cdp__first_load_write_identifiers' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION cdp._first_load_write_identifiers(regclass, int8, int8, timestamptz) IS
    'internal: writes the identifiers of the first load into an empty table and makes its indexes from them; false: it is no such table, see _table_fill_at_once()';
CREATE FUNCTION cdp._first_load_write_links(relation regclass, given int8) RETURNS boolean
    AS 'MODULE_PATHNAME', 'cdp__first_load_write_links' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION cdp._first_load_write_links(regclass, int8) IS
    'internal: writes the links of the first load into an empty table and makes its indexes from them; false: it is no such table, see _table_fill_at_once()';

CREATE FUNCTION cdp._table_fill_at_once(relation regclass, query text, but_for text DEFAULT '') RETURNS boolean
    AS 'MODULE_PATHNAME', 'cdp__table_fill_at_once' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION cdp._table_fill_at_once(regclass, text, text) IS
    'internal: writes the rows of a query that has the columns of an empty table into it, and makes its indexes from them; false: the table is no such one, or not the caller''s. but_for: a trigger on INSERT that it may have, which is not called: the caller does its work';

CREATE FUNCTION cdp._table_fill(relation regclass, columns text[], query text, but_for text DEFAULT '') RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    whole text := (
        SELECT string_agg(CASE WHEN a.attname = ANY (columns) THEN format('q.%I', a.attname)
                               ELSE format('(%s)::%s', coalesce(pg_get_expr(d.adbin, d.adrelid), 'NULL'),
                                           format_type(a.atttypid, a.atttypmod)) END, ', ' ORDER BY a.attnum)
          FROM pg_attribute AS a LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
         WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped);
BEGIN
    IF NOT cdp._table_fill_at_once(relation, format('SELECT %s FROM (%s) AS q', whole, query), but_for) THEN
        EXECUTE format('INSERT INTO %s (%s) %s', relation,
                       (SELECT string_agg(quote_ident(c.name), ', ' ORDER BY c.nth) FROM unnest(columns) WITH ORDINALITY AS c (name, nth)), query);
    END IF;
END $$;
COMMENT ON FUNCTION cdp._table_fill(regclass, text[], text, text) IS
    'internal: inserts the rows of a query into these columns, in bulk where the table is empty; but_for: see _table_fill_at_once()';

CREATE FUNCTION cdp._first_load_take(run_id int8, OUT links_read int8, OUT refused int8) LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' AS $$
DECLARE
    earliest timestamptz := cdp.setting('event_min_ts');
    latest timestamptz := now() + cdp.setting('event_max_ahead')::interval;
    has_erased boolean := cdp._erased_key() IS NOT NULL;
BEGIN
    -- Nearly all are taken as they pass by, which needs no room to put them. What is left is looked at closely:
    -- all, where somebody was erased before.
    DELETE FROM cdp.landing_link AS l
     WHERE NOT has_erased
       AND cdp._first_load_take_plain(l.source, l.type_a, l.value_a, l.type_b, l.value_b, l.seen_at, l.weight,
                                      earliest, latest);
    GET DIAGNOSTICS links_read = ROW_COUNT;
    refused := 0;
    IF NOT EXISTS (SELECT FROM cdp.landing_link) THEN
        RETURN;
    END IF;
    PERFORM set_config('timezone', cdp.setting('time_zone'), true);
    EXECUTE format($s$
        WITH gone AS (DELETE FROM cdp.landing_link AS l RETURNING l.*),
        kept AS (
            INSERT INTO cdp.quarantine (source_table, raw, reason, run_id)
            SELECT 'landing_link', cdp._quarantine_raw(j.raw, j.reason), j.reason, $3
              FROM (%s) AS j
             WHERE CASE WHEN j.reason IS NULL
                        THEN NOT cdp._first_load_add(j.source, j.type_a, j.value_a, j.type_b, j.value_b, j.seen_at, j.weight)
                        ELSE true END
            RETURNING 1)
        SELECT $4 + (SELECT count(*) FROM gone), (SELECT count(*) FROM kept) $s$, cdp._landed_links_sql())
        INTO links_read, refused USING earliest, latest, run_id, links_read;
END $$;
COMMENT ON FUNCTION cdp._first_load_take(int8) IS
    'internal: takes the landed links into the load; bad rows go to quarantine; returns how many there were of either';

CREATE FUNCTION cdp._counter_last(name text) RETURNS int8 LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT c.last FROM cdp.counter AS c WHERE c.name = _counter_last.name);
END $$;
COMMENT ON FUNCTION cdp._counter_last(text) IS 'internal: the last number that a counter has given out';

CREATE FUNCTION cdp._first_load_waits() RETURNS boolean LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._require_setup();
    IF cdp._counter_last('identifier') > 0 OR NOT EXISTS (SELECT FROM cdp.landing_link) THEN
        RETURN false;
    END IF;
    -- Who ingests meanwhile may come first, and nobody else from here on.
    PERFORM cdp._lock('ingest');
    RETURN cdp._counter_last('identifier') = 0;
END $$;
COMMENT ON FUNCTION cdp._first_load_waits() IS
    'internal: true, and ingest is locked, while nothing is stored and links have landed';

CREATE FUNCTION cdp._first_load_find_blocked() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._first_load_block_values(array_agg(coalesce(t.type_id, 0)), array_agg(lower(b.value)))
       FROM cdp.id_blocklist AS b LEFT JOIN cdp.id_type AS t ON t.name = b.id_type
      WHERE b.kind = 'exact' AND (b.id_type IS NULL OR t.type_id IS NOT NULL);
    PERFORM cdp._first_load_block_patterns(array_agg(p.type_id), array_agg(p.pattern))
       FROM cdp._id_blocklist_patterns() AS p;
END $$;
COMMENT ON FUNCTION cdp._first_load_find_blocked() IS 'internal: finds the placeholders among the identifiers of the first load';

CREATE FUNCTION cdp._first_load(run_id int8, OUT links_read int8, OUT identifiers_new int8, OUT persons_new int8,
                                OUT blocked int8, OUT shared int8, OUT quarantined int8)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    usual_limit int4 := cdp.setting('fanout_limit')::int4;
    links_new int8;
    given int8;
    given_persons int8;
BEGIN
    PERFORM cdp._first_load_begin();
    PERFORM cdp._run_says('cdp.id_resolve(): reading what has landed');
    links_read := (SELECT t.links_read FROM cdp._first_load_take(run_id) AS t);
    PERFORM cdp._run_progress('id_resolve', 'links read, identifiers to number', links_read);
    PERFORM cdp._id_types_learn(ARRAY(SELECT t.name FROM cdp._first_load_types() AS t));
    PERFORM cdp._first_load_type_describe(f.nth, t.type_id, t.rank, coalesce(t.fanout_limit, usual_limit),
                                           coalesce(t.neighbour_limit, 0), coalesce(l.most, 0))
       FROM cdp._first_load_types() AS f JOIN cdp.id_type AS t ON t.name = f.name COLLATE "C"
       JOIN cdp._id_type_limits() AS l USING (type_id);
    identifiers_new := cdp._first_load_number(0);
    PERFORM cdp._run_progress('id_resolve', 'identifiers to judge', identifiers_new);
    PERFORM cdp._first_load_find_blocked();
    SELECT r.pairs, r.links, r.persons, r.blocked, r.shared, r.quarantined
      INTO links_read, links_new, persons_new, blocked, shared, quarantined FROM cdp._first_load_resolve(cdp.setting('id_size_cap')::int4) AS r;
    given := cdp._counter_take('identifier', identifiers_new);
    given_persons := cdp._counter_take('one_id', persons_new);
    PERFORM cdp._run_progress('id_resolve', 'persons and their identifiers to write', persons_new);
    PERFORM cdp._table_fill('cdp.person', '{one_id}', format(
        'SELECT cdp._one_id_signed(%s + p.nth) AS one_id FROM generate_series(1, %s) AS p (nth)', given_persons, persons_new),
        but_for => 'person_living_insert');
    PERFORM cdp._person_living_add(given_persons, persons_new);
    -- Tables that somebody has changed are written to as any other.
    IF NOT cdp._first_load_write_identifiers('cdp.identifier', given, given_persons, now()) THEN
        INSERT INTO cdp.identifier (id, type_id, value, one_id, status, first_seen, last_seen, since)
        SELECT i.id, i.type_id, i.value, i.one_id, i.status, i.first_seen, i.last_seen, i.since
          FROM cdp._first_load_identifiers(given, given_persons, now()) AS i;
    END IF;
    PERFORM cdp._run_progress('id_resolve', 'links to write', links_new);
    IF NOT cdp._first_load_write_links('cdp.link', given) THEN
        INSERT INTO cdp.link (a, b, source, weight, first_seen, last_seen, n, status, reason)
        SELECT l.a, l.b, l.source, l.weight, l.first_seen, l.last_seen, l.n, l.status, l.reason
          FROM cdp._first_load_links(given) AS l;
    END IF;
    PERFORM cdp._first_load_end();
    PERFORM cdp._analyze_grown('cdp.person', persons_new);
    PERFORM cdp._analyze_grown('cdp.identifier', identifiers_new);
    PERFORM cdp._analyze_grown('cdp.link', links_new);
END $$;
COMMENT ON FUNCTION cdp._first_load(int8) IS
    'internal: loads and resolves the links that have landed while nothing is stored; returns what cdp.id_resolve() does';

CREATE FUNCTION cdp.id_resolve(OUT run_id int8, OUT links_read int8, OUT identifiers_new int8,
                               OUT persons_new int8, OUT merges int8, OUT blocked int8, OUT shared int8,
                               OUT quarantined int8, OUT splits int8, OUT duration interval)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
    -- What a batch looks up lies in memory or on flash: the default would rather read whole tables.
    SET random_page_cost = 1.1 AS $$
DECLARE
    started timestamptz := clock_timestamp();
    work_mem_before text;
    is_first boolean := cdp._first_load_waits();
BEGIN
    IF is_first AND cdp.setting('id_min_weight')::float8 > 0 THEN
        -- The first load takes every link for good.
        PERFORM cdp.ingest();
        is_first := false;
    END IF;
    run_id := cdp._identity_begin('id_resolve');
    work_mem_before := cdp._work_mem_raise();
    IF is_first THEN
        SELECT f.links_read, f.identifiers_new, f.persons_new, 0, f.blocked, f.shared, f.quarantined, 0
          INTO links_read, identifiers_new, persons_new, merges, blocked, shared, quarantined, splits
          FROM cdp._first_load(run_id) AS f;
    ELSE
        SELECT b.links_read, b.identifiers_new, b.persons_new, b.merges, b.blocked, b.shared, b.quarantined, b.splits
          INTO links_read, identifiers_new, persons_new, merges, blocked, shared, quarantined, splits
          FROM cdp._resolve_batch(run_id) AS b;
        PERFORM cdp._attribute_arrive();
    END IF;
    PERFORM set_config('work_mem', work_mem_before, true);
    PERFORM cdp._run_finish(run_id, jsonb_build_object(
        'links_read', links_read, 'identifiers_new', identifiers_new, 'persons_new', persons_new,
        'merges', merges, 'blocked', blocked, 'shared', shared, 'quarantined', quarantined,
        'splits', splits));
    duration := clock_timestamp() - started;
END $$;
COMMENT ON FUNCTION cdp.id_resolve() IS
    'works out who is one person from what was ingested since: guards first, which also split whom wrong links have merged, then new OneIDs and merges into the oldest; returns one row of counts';
