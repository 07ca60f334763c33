--| ## What is stored
--| A refresh after which little is different leaves what was written before and puts the difference beside it:
--| who has come or gone, or who has got which number. It is the difference from what was last written whole,
--| so it grows, and each refresh would write it again; therefore what is different from both stands beside the two.
--| Once one of them takes more than two fifths of what it stands beside, it becomes part of that; whoever writes
--| for another reason, such as a merge, writes all whole.

-- Each in one expression, so that it is inlined: where nothing has changed, what is stored is given on unread.
CREATE FUNCTION cdp._tag_members(base cdp.roaringbitmap, changed bytea, later bytea) RETURNS cdp.roaringbitmap
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN changed IS NULL THEN base WHEN later IS NULL THEN cdp.rb_xor(base, cdp._rb_unpack(changed))
                ELSE cdp.rb_xor(base, cdp.rb_xor(cdp._rb_unpack(changed), cdp._rb_unpack(later))) END;
COMMENT ON FUNCTION cdp._tag_members(cdp.roaringbitmap, bytea, bytea) IS 'internal: the people of a row of cdp.tag_value';

CREATE FUNCTION cdp._tag_has(base cdp.roaringbitmap, changed bytea, later bytea, person int4) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN cdp.rb_contains(base, person) <> ((cdp._rb_packed_place(changed, person) IS NULL) <> (cdp._rb_packed_place(later, person) IS NULL));
COMMENT ON FUNCTION cdp._tag_has(cdp.roaringbitmap, bytea, bytea, int4) IS
    'internal: is this person in a row of cdp.tag_value? Read from pieces of what is stored';

CREATE FUNCTION cdp._tag_numbers(base cdp.bsi, changed bytea, fresh bytea, later bytea, later_fresh bytea) RETURNS cdp.bsi
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN changed IS NULL THEN base WHEN later IS NULL THEN cdp._bsi_patch(base, cdp._rb_unpack(changed), fresh)
                ELSE cdp._bsi_patch(cdp._bsi_patch(base, cdp._rb_unpack(changed), fresh), cdp._rb_unpack(later), later_fresh) END;
COMMENT ON FUNCTION cdp._tag_numbers(cdp.bsi, bytea, bytea, bytea, bytea) IS 'internal: the numbers of a row of cdp.tag_number';

CREATE FUNCTION cdp._tag_number_get(base cdp.bsi, changed bytea, fresh bytea, later bytea, later_fresh bytea, person int4) RETURNS int8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN cdp._rb_packed_place(later, person) IS NOT NULL THEN cdp._bsi_packed_get(later_fresh, cdp._rb_packed_place(later, person))
                WHEN cdp._rb_packed_place(changed, person) IS NOT NULL THEN cdp._bsi_packed_get(fresh, cdp._rb_packed_place(changed, person))
                ELSE cdp.bsi_get(base, person) END;
COMMENT ON FUNCTION cdp._tag_number_get(cdp.bsi, bytea, bytea, bytea, bytea, int4) IS
    'internal: the number of this person in a row of cdp.tag_number, from pieces of what is stored';

CREATE FUNCTION cdp._tag_touched(changed bytea, later bytea) RETURNS cdp.roaringbitmap
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN later IS NULL THEN cdp._rb_unpack(changed) ELSE cdp.rb_or(cdp._rb_unpack(changed), cdp._rb_unpack(later)) END;
COMMENT ON FUNCTION cdp._tag_touched(bytea, bytea) IS
    'internal: the people whom the differences of a row name, be it as some who are not in it any more; NULL where there are none';

CREATE FUNCTION cdp._tag_is_touched(changed bytea, later bytea, person int4) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN cdp._rb_packed_place(changed, person) IS NOT NULL OR cdp._rb_packed_place(later, person) IS NOT NULL;
COMMENT ON FUNCTION cdp._tag_is_touched(bytea, bytea, int4) IS 'internal: is this person one of those?';

CREATE FUNCTION cdp._tag_change_is_small(change int4, beside int4) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN 5 * change::int8 <= 2 * beside::int8;
COMMENT ON FUNCTION cdp._tag_change_is_small(int4, int4) IS
    'internal: is it worth while to store a difference of so many bytes beside something of so many?';

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
    ), compared AS MATERIALIZED (
        SELECT f.value, f.chunk, f.members, pg_column_size(t.base) AS size, t.changed AS known, t.later AS known_later,
               cdp._rb_pack(cdp.rb_xor(t.base, f.members)) AS changed,
               CASE WHEN t.changed IS NOT NULL THEN cdp._rb_pack(cdp.rb_xor(cdp._tag_members(t.base, t.changed, NULL), f.members)) END AS later
          FROM fresh AS f JOIN cdp.tag_value AS t ON t.tag_id = the_tag AND t.value = f.value AND t.chunk = f.chunk
    ), differing AS MATERIALIZED (
        SELECT c.*, c.known IS NOT NULL AND c.changed IS NOT NULL
                    AND (c.later IS NULL OR cdp._tag_change_is_small(pg_column_size(c.later), pg_column_size(c.known))) AS is_later,
               c.changed IS NULL OR cdp._tag_change_is_small(pg_column_size(c.changed), c.size) AS is_small
          FROM compared AS c
         WHERE CASE WHEN c.known IS NULL THEN c.changed IS NOT NULL ELSE c.later IS DISTINCT FROM c.known_later END
    ), put AS (
        -- What is large lies out of line, and is not written again when it stays what it was.
        UPDATE cdp.tag_value AS t
           SET base = CASE WHEN d.is_later OR d.is_small THEN t.base ELSE d.members END,
               changed = CASE WHEN d.is_later THEN t.changed WHEN d.is_small THEN d.changed END,
               later = CASE WHEN d.is_later THEN d.later END
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
        SELECT c.*, cdp._rb_pack(c.people) AS changed, cdp._rb_pack(c.later_people) AS later
          FROM (SELECT n.chunk, n.numbers, pg_column_size(t.base) AS size, pg_column_size(t.changed) + pg_column_size(t.fresh) AS known_size,
                       t.changed AS known, t.later AS known_later, t.later_fresh AS known_later_fresh, cdp.bsi_differ(t.base, n.numbers) AS people,
                       CASE WHEN t.changed IS NOT NULL THEN cdp.bsi_differ(cdp._tag_numbers(t.base, t.changed, t.fresh, NULL, NULL), n.numbers) END AS later_people
                  FROM new AS n JOIN cdp.tag_number AS t ON t.tag_id = the_tag AND t.chunk = n.chunk
                 WHERE t.changed IS NOT NULL OR NOT cdp.bsi_equal(t.base, n.numbers) OFFSET 0) AS c
    ), packed AS MATERIALIZED (
        SELECT c.*, CASE WHEN cdp._tag_change_is_small(pg_column_size(c.changed), c.size) THEN cdp._bsi_pack(c.numbers, c.people) END AS fresh,
               CASE WHEN cdp._tag_change_is_small(pg_column_size(c.later), c.known_size) THEN cdp._bsi_pack(c.numbers, c.later_people) END AS later_fresh
          FROM compared AS c
    ), differing AS MATERIALIZED (
        SELECT c.*, c.known IS NOT NULL AND c.changed IS NOT NULL
                    AND (c.later IS NULL OR cdp._tag_change_is_small(pg_column_size(c.later) + pg_column_size(c.later_fresh), c.known_size)) AS is_later,
               c.changed IS NULL OR cdp._tag_change_is_small(pg_column_size(c.changed) + pg_column_size(c.fresh), c.size) AS is_small
          FROM packed AS c
         WHERE c.known IS NULL OR c.later IS DISTINCT FROM c.known_later OR c.later_fresh IS DISTINCT FROM c.known_later_fresh
    ), put AS (
        UPDATE cdp.tag_number AS t
           SET base = CASE WHEN d.is_later OR d.is_small THEN t.base ELSE d.numbers END,
               changed = CASE WHEN d.is_later THEN t.changed WHEN d.is_small THEN d.changed END,
               fresh = CASE WHEN d.is_later THEN t.fresh WHEN d.is_small THEN d.fresh END,
               later = CASE WHEN d.is_later THEN d.later END,
               later_fresh = CASE WHEN d.is_later THEN d.later_fresh END
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
