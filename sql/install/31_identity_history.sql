--| ## History
--| Facts hold identifiers, people are looked up: so a report can be made as it would have been at any
--| time, and what is built upon OneIDs can follow every change of them.

CREATE FUNCTION cdp.one_id_at(type text, value text, ts timestamptz) RETURNS int4
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._require_setup();
    RETURN (SELECT CASE WHEN i.since <= ts THEN i.one_id
                        ELSE (SELECT h.one_id FROM cdp.identifier_history AS h
                               WHERE h.id = i.id AND h.since <= ts AND h.until > ts) END
              FROM cdp.identifier AS i
              JOIN cdp.id_type AS t ON t.type_id = i.type_id
             WHERE t.name = cdp._id_type_name(one_id_at.type)
               AND i.value = cdp._id_value(one_id_at.type, one_id_at.value));
END $$;
COMMENT ON FUNCTION cdp.one_id_at(text, text, timestamptz) IS
    'the person to whom this identifier belonged at that time, as cdp.one_id() said then; NULL when it belonged to nobody';

--| `id_changes_since` is for whoever keeps sets of OneIDs of his own: he remembers the number `upto`, and
--| with `cdp.rb_remap(members, old, new)` his sets follow the merges. Whom splits have touched he works out
--| again. Tags, audiences and timelines of the platform do all that by themselves.
CREATE FUNCTION cdp.id_changes_since(seq int8, OUT upto int8, OUT old int4[], OUT new int4[],
                                     OUT touched cdp.roaringbitmap, OUT split cdp.roaringbitmap)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._require_setup();
    WITH RECURSIVE change AS MATERIALIZED (
        SELECT m.seq, m.absorbed, m.survivor, false AS is_split
          FROM cdp.merge_log AS m WHERE m.seq > id_changes_since.seq
        UNION ALL
        SELECT s.seq, s.part, s.one_id, true FROM cdp.split_log AS s WHERE s.seq > id_changes_since.seq
    ), start AS (
        SELECT c.absorbed AS one_id, bool_or(c.is_split) AS is_split, bool_or(NOT c.is_split) AS was_absorbed
          FROM change AS c WHERE c.absorbed IS NOT NULL GROUP BY c.absorbed
        UNION ALL
        SELECT c.survivor, bool_or(c.is_split), false FROM change AS c GROUP BY c.survivor
    ), walk AS (
        SELECT s.*, s.one_id AS now_id FROM start AS s
        UNION ALL
        SELECT w.one_id, w.is_split, w.was_absorbed, p.merged_into
          FROM walk AS w JOIN cdp.person AS p ON p.one_id = w.now_id AND p.merged_into IS NOT NULL
    ), arrived AS MATERIALIZED (
        SELECT w.* FROM walk AS w JOIN cdp.person AS p ON p.one_id = w.now_id AND p.merged_into IS NULL
    )
    SELECT (SELECT greatest(id_changes_since.seq, max(c.seq), 0) FROM change AS c),
           coalesce(array_agg(a.one_id ORDER BY a.one_id) FILTER (WHERE a.was_absorbed AND a.one_id <> a.now_id), '{}'),
           coalesce(array_agg(a.now_id ORDER BY a.one_id) FILTER (WHERE a.was_absorbed AND a.one_id <> a.now_id), '{}'),
           coalesce(cdp.rb_build_agg(a.now_id), '{}'),
           coalesce(cdp.rb_build_agg(a.now_id) FILTER (WHERE a.is_split), '{}')
      INTO upto, old, new, touched, split FROM arrived AS a;
END $$;
COMMENT ON FUNCTION cdp.id_changes_since(int8) IS
    'what merges and splits with a higher number come to: retired OneIDs and who they are now, for cdp.rb_remap(); all persons touched; those whose identifiers were split; the number to begin with next time. Begin with 0';
