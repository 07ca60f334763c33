--| ## What is stored
--| A refresh after which little is different leaves what was written before and puts the difference beside it:
--| who has come or gone, or who has got which number. It is the difference from what was last written whole,
--| not from the last refresh, so there is one at most. Once it takes more than a third of that, all is written
--| whole again; whoever writes for another reason, such as a merge, does so at once.

-- Each in one expression, so that it is inlined: where nothing has changed, what is stored is given on unread.
CREATE FUNCTION cdp._tag_members(base cdp.roaringbitmap, changed bytea) RETURNS cdp.roaringbitmap
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN changed IS NULL THEN base ELSE cdp.rb_xor(base, cdp._rb_unpack(changed)) END;
COMMENT ON FUNCTION cdp._tag_members(cdp.roaringbitmap, bytea) IS 'internal: the people of a row of cdp.tag_value';

CREATE FUNCTION cdp._tag_has(base cdp.roaringbitmap, changed bytea, person int4) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN cdp.rb_contains(base, person) <> (cdp._rb_packed_place(changed, person) IS NOT NULL);
COMMENT ON FUNCTION cdp._tag_has(cdp.roaringbitmap, bytea, int4) IS
    'internal: is this person in a row of cdp.tag_value? Read from pieces of what is stored';

CREATE FUNCTION cdp._tag_numbers(base cdp.bsi, changed bytea, fresh bytea) RETURNS cdp.bsi
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN changed IS NULL THEN base ELSE cdp._bsi_patch(base, cdp._rb_unpack(changed), fresh) END;
COMMENT ON FUNCTION cdp._tag_numbers(cdp.bsi, bytea, bytea) IS 'internal: the numbers of a row of cdp.tag_number';

CREATE FUNCTION cdp._tag_number_get(base cdp.bsi, changed bytea, fresh bytea, person int4) RETURNS int8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN cdp._rb_packed_place(changed, person) IS NULL THEN cdp.bsi_get(base, person)
                ELSE cdp._bsi_packed_get(fresh, cdp._rb_packed_place(changed, person)) END;
COMMENT ON FUNCTION cdp._tag_number_get(cdp.bsi, bytea, bytea, int4) IS
    'internal: the number of this person in a row of cdp.tag_number, from pieces of what is stored';

CREATE FUNCTION cdp._tag_change_is_small(change int4, base int4) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN 3 * change::int8 <= base;
COMMENT ON FUNCTION cdp._tag_change_is_small(int4, int4) IS
    'internal: is it worth while to store a difference of so many bytes beside a whole of so many?';

CREATE FUNCTION cdp._tag_replace(the_tag int4, vals text[], chunks int4[], bitmaps cdp.roaringbitmap[], numbers cdp.bsi[],
    OUT written int8, OUT removed int8)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF numbers IS NOT NULL THEN
        SELECT w.written, w.removed INTO written, removed FROM cdp._tag_number_replace(the_tag, chunks, numbers) AS w;
        RETURN;
    END IF;
    WITH fresh AS MATERIALIZED (
        SELECT * FROM unnest(vals, chunks, bitmaps) AS f (value, chunk, members)
    ), gone AS (
        DELETE FROM cdp.tag_value AS t
         WHERE t.tag_id = the_tag
           AND NOT EXISTS (SELECT FROM fresh AS f WHERE f.value = t.value AND f.chunk = t.chunk)
        RETURNING 1
    ), differing AS MATERIALIZED (
        SELECT c.value, c.chunk, c.members, c.changed, c.changed IS NULL OR cdp._tag_change_is_small(pg_column_size(c.changed), c.size) AS is_small
          FROM (SELECT f.value, f.chunk, f.members, t.changed AS known, cdp._rb_pack(cdp.rb_xor(t.base, f.members)) AS changed, pg_column_size(t.base) AS size
                  FROM fresh AS f JOIN cdp.tag_value AS t ON t.tag_id = the_tag AND t.value = f.value AND t.chunk = f.chunk
                OFFSET 0) AS c
         WHERE c.changed IS DISTINCT FROM c.known
    ), put AS (
        -- What is large lies out of line, and is not written again when it stays what it was.
        UPDATE cdp.tag_value AS t
           SET base = CASE WHEN d.is_small THEN t.base ELSE d.members END,
               changed = CASE WHEN d.is_small THEN d.changed END
          FROM differing AS d WHERE t.tag_id = the_tag AND t.value = d.value AND t.chunk = d.chunk
        RETURNING 1
    ), added AS (
        INSERT INTO cdp.tag_value (tag_id, value, chunk, base)
        SELECT the_tag, f.value, f.chunk, f.members FROM fresh AS f
         WHERE NOT EXISTS (SELECT FROM cdp.tag_value AS t WHERE t.tag_id = the_tag AND t.value = f.value AND t.chunk = f.chunk)
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM put) + (SELECT count(*) FROM added), (SELECT count(*) FROM gone) INTO written, removed;
END $$;
COMMENT ON FUNCTION cdp._tag_replace(int4, text[], int4[], cdp.roaringbitmap[], cdp.bsi[]) IS
    'internal: makes these the values, or numbers, of a tag, writing only what differs';

CREATE FUNCTION cdp._tag_number_replace(the_tag int4, chunks int4[], numbers cdp.bsi[], OUT written int8, OUT removed int8)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM cdp.tag_number AS t WHERE t.tag_id = the_tag AND t.chunk <> ALL (coalesce(chunks, '{}'));
    GET DIAGNOSTICS removed = ROW_COUNT;
    WITH new AS MATERIALIZED (
        SELECT * FROM unnest(chunks, numbers) AS f (chunk, numbers)
    ), compared AS MATERIALIZED (
        SELECT c.*, cdp._rb_pack(c.people) AS changed
          FROM (SELECT n.chunk, n.numbers, t.changed AS known_changed, t.fresh AS known_fresh, cdp.bsi_differ(t.base, n.numbers) AS people, pg_column_size(t.base) AS size
                  FROM new AS n JOIN cdp.tag_number AS t ON t.tag_id = the_tag AND t.chunk = n.chunk
                 WHERE t.changed IS NOT NULL OR NOT cdp.bsi_equal(t.base, n.numbers) OFFSET 0) AS c
    ), differing AS MATERIALIZED (
        SELECT c.chunk, c.numbers, c.changed, c.fresh, c.changed IS NULL OR cdp._tag_change_is_small(pg_column_size(c.changed) + pg_column_size(c.fresh), c.size) AS is_small
          FROM (SELECT c.*, CASE WHEN cdp._tag_change_is_small(pg_column_size(c.changed), c.size) THEN cdp._bsi_pack(c.numbers, c.people) END AS fresh
                  FROM compared AS c OFFSET 0) AS c
         WHERE NOT coalesce(c.changed = c.known_changed AND c.fresh = c.known_fresh, false)
    ), put AS (
        UPDATE cdp.tag_number AS t
           SET base = CASE WHEN d.is_small THEN t.base ELSE d.numbers END,
               changed = CASE WHEN d.is_small THEN d.changed END,
               fresh = CASE WHEN d.is_small THEN d.fresh END
          FROM differing AS d WHERE t.tag_id = the_tag AND t.chunk = d.chunk
        RETURNING 1
    ), added AS (
        INSERT INTO cdp.tag_number (tag_id, chunk, base)
        SELECT the_tag, n.chunk, n.numbers FROM new AS n
         WHERE NOT EXISTS (SELECT FROM cdp.tag_number AS t WHERE t.tag_id = the_tag AND t.chunk = n.chunk)
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM put) + (SELECT count(*) FROM added) INTO written;
END $$;
COMMENT ON FUNCTION cdp._tag_number_replace(int4, int4[], cdp.bsi[]) IS
    'internal: makes these the numbers of a tag, writing only what differs';
