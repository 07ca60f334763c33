--| ## Splitting
-- When links turn out to be wrong, the persons that they held together are worked out again, from
-- their own links alone: the cost follows the persons touched. Planned anew for every call, since
-- two identifiers and half a million need different plans.

CREATE FUNCTION cdp._identity_leave(ids int4[], new_status text, run_id int8) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_custom_plan' AS $$
DECLARE
    persons int4[];
    losses int8[];
BEGIN
    SELECT array_agg(k.one_id ORDER BY k.one_id), array_agg(k.identifiers ORDER BY k.one_id) INTO persons, losses
      FROM (SELECT i.one_id, count(*) AS identifiers FROM cdp.identifier AS i
             WHERE i.id = ANY (ids) AND i.one_id IS NOT NULL GROUP BY i.one_id) AS k;
    PERFORM cdp._identity_note_past(ids);
    UPDATE cdp.identifier AS i SET status = new_status, one_id = NULL, since = now() WHERE i.id = ANY (ids);
    -- Last: what is built upon OneIDs follows by triggers on this table.
    INSERT INTO cdp.split_log (seq, one_id, is_restored, identifiers, run_id)
    SELECT nextval(pg_get_serial_sequence('cdp.merge_log', 'seq')), k.one_id, false, k.loss, _identity_leave.run_id
      FROM unnest(persons, losses) AS k (one_id, loss);
END $$;
COMMENT ON FUNCTION cdp._identity_leave(int4[], text, int8) IS
    'internal: takes identifiers out of their persons, which may have to be split then; they belong to nobody';

CREATE FUNCTION cdp._persons_ending(persons int4[]) RETURNS cdp.roaringbitmap LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT cdp.rb_build_agg(p.one_id) FROM unnest(persons) AS p (one_id)
             WHERE NOT EXISTS (SELECT FROM cdp.identifier AS i WHERE i.one_id = p.one_id));
END $$;
COMMENT ON FUNCTION cdp._persons_ending(int4[]) IS
    'internal: of people who have lost identifiers to nobody those who have none left, and so will be ended; NULL when there is nobody';

CREATE FUNCTION cdp._identity_note_past(ids int4[]) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_custom_plan' AS $$
BEGIN
    INSERT INTO cdp.identifier_history (id, one_id, since, until)
    SELECT i.id, i.one_id, i.since, now()
      FROM cdp.identifier AS i WHERE i.id = ANY (ids) AND i.since IS NOT NULL
    -- It has changed twice in this transaction: nobody has seen what was between.
    ON CONFLICT (id, since) DO UPDATE SET one_id = excluded.one_id, until = excluded.until;
END $$;
COMMENT ON FUNCTION cdp._identity_note_past(int4[]) IS
    'internal: notes to whom identifiers belong, before that changes';

-- Which part is who:
-- * the person stays with the part that has most identifiers of its own, which is to say not of
--   persons it absorbed; at a tie, not of the last it absorbed; then with the larger part, and with
--   the one seen first;
-- * any other part that has the anchor of an absorbed person gets its OneID back, the oldest of
--   several. The anchor of a person is the identifier that was the first to belong to it. A person
--   that had itself been absorbed by another who comes back here stays so;
-- * what is left gets new OneIDs, in the order of first sight.
-- Who stays absorbed is absorbed by the part that has his anchor. So the merge that came last is
-- undone exactly, and then the one before it.
CREATE FUNCTION cdp._identity_split(persons int4[], run_id int8, judge_limited boolean DEFAULT true) RETURNS int8
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_custom_plan' AS $$
DECLARE
    ids int4[];
    owners int4[];
    living int4[];
    graph cdp.components;
    -- parts that stay who they are, whatever their identifiers were before
    settled int8[];
    settled_owners int4[];
    settled_sizes int8[];
    -- the parts that leave
    parts int8[];
    part_owners int4[];
    formers int4[];
    part_sizes int8[];
    part_ids int4[];
    -- absorbed persons, and the part that has their anchor
    absorbed int4[];
    absorbed_owners int4[];
    absorbed_parts int8[];
    -- identifiers that leave
    movers int4[];
    mover_owners int4[];
    targets int4[];
    given int8;
BEGIN
    IF judge_limited THEN
        PERFORM cdp._links_limited_requeue(persons);
    END IF;
    SELECT array_agg(i.id), array_agg(i.one_id), coalesce(array_agg(DISTINCT i.one_id), '{}') INTO ids, owners, living
      FROM cdp.identifier AS i WHERE i.one_id = ANY (persons);
    UPDATE cdp.person AS p SET ended_at = now()
     WHERE p.one_id = ANY (persons) AND p.ended_at IS NULL AND p.one_id <> ALL (living)
       AND p.merged_into IS NULL;
    -- Links first: joined by person first, all identifiers of one would be tried with all.
    WITH held AS MATERIALIZED (
        SELECT l.a, l.b, m.one_id FROM unnest(ids, owners) AS m (id, one_id) JOIN cdp.link AS l ON l.a = m.id AND l.status = 'active'
    )
    SELECT cdp.components_agg(e.a, e.b) INTO graph
      FROM (SELECT m.id AS a, m.id AS b FROM unnest(ids) AS m (id)
            UNION ALL
            SELECT h.a, h.b FROM held AS h JOIN unnest(ids, owners) AS o (id, one_id) ON o.id = h.b AND o.one_id = h.one_id) AS e;
    IF graph IS NULL OR cdp.components_count(graph) = cardinality(living) THEN
        RETURN 0;
    END IF;

    -- A person who has absorbed nobody stays with a part that is larger than each of the others: nothing has to be
    -- known of the identifiers in it. Where they are few, to ask this costs more than they do.
    IF cardinality(ids) > 200 THEN
        -- A part is known by one of its identifiers.
        SELECT array_agg(k.part), array_agg(k.one_id), array_agg(k.identifiers) INTO settled, settled_owners, settled_sizes
          FROM (SELECT c.part, i.one_id, c.identifiers, row_number() OVER larger AS place, lead(c.identifiers) OVER larger AS next
                  FROM (SELECT c.component AS part, count(*) AS identifiers FROM cdp.components_of(graph) AS c GROUP BY c.component) AS c
                  JOIN cdp.identifier AS i ON i.id = c.part
                WINDOW larger AS (PARTITION BY i.one_id ORDER BY c.identifiers DESC)) AS k
         WHERE k.place = 1 AND (k.identifiers > k.next OR k.next IS NULL)
           AND NOT EXISTS (SELECT FROM cdp.person AS p WHERE p.merged_into = k.one_id);
    END IF;

    WITH RECURSIVE member AS MATERIALIZED (
        SELECT i.id, i.one_id, c.component AS part, row_number() OVER (ORDER BY i.first_seen, i.id) AS age
          FROM cdp.components_of(graph) AS c
          -- OFFSET holds it to the index: how few are left of all that are in the graph it cannot know.
         CROSS JOIN LATERAL (SELECT i.* FROM cdp.identifier AS i WHERE i.id = c.node OFFSET 0) AS i
         WHERE c.component <> ALL (coalesce(settled, '{}'))
    ), absorbed_person AS (
        SELECT p.one_id AS former, p.merged_into AS one_id, p.merged_at FROM cdp.person AS p WHERE p.merged_into = ANY (persons)
        UNION ALL
        SELECT p.one_id, w.one_id, p.merged_at
          FROM absorbed_person AS w JOIN cdp.person AS p ON p.merged_into = w.former
    ), past AS MATERIALIZED (
        SELECT m.id, m.one_id, m.part, m.age, h.one_id AS former, h.since, h.until
          FROM member AS m
          JOIN cdp.identifier_history AS h ON h.id = m.id
          JOIN absorbed_person AS w ON w.former = h.one_id AND w.one_id = m.one_id AND w.merged_at = h.until
    ), anchor AS MATERIALIZED (
        SELECT DISTINCT ON (p.former) p.former, p.one_id, p.part, p.id, p.until
          FROM past AS p ORDER BY p.former, p.since, p.age
    ), candidate AS (
        SELECT a.part, a.former FROM anchor AS a
         WHERE NOT EXISTS (SELECT FROM past AS p JOIN anchor AS l ON l.former = p.former
                            WHERE p.id = a.id AND p.until > a.until AND l.part = a.part)
    ), part AS MATERIALIZED (
        SELECT m.one_id, m.part, count(*) AS identifiers, count(*) FILTER (WHERE p.id IS NULL) AS own,
               count(*) FILTER (WHERE p.came_at IS DISTINCT FROM p.last_came_at OR p.id IS NULL) AS own_before, min(m.age) AS age
          FROM member AS m
          LEFT JOIN (SELECT p.id, max(p.until) AS came_at, max(max(p.until)) OVER (PARTITION BY p.one_id) AS last_came_at
                       FROM past AS p GROUP BY p.one_id, p.id) AS p USING (id)
         GROUP BY m.one_id, m.part
         UNION ALL
        SELECT s.one_id, s.part, s.identifiers, s.identifiers, s.identifiers, NULL
          FROM unnest(settled, settled_owners, settled_sizes) AS s (part, one_id, identifiers)
    ), leaving AS (
        SELECT p.one_id, p.part, p.identifiers, p.age
          FROM (SELECT p.*, row_number() OVER (PARTITION BY p.one_id
                                               ORDER BY p.own DESC, p.own_before DESC, p.identifiers DESC, p.age) AS place
                  FROM part AS p) AS p
         WHERE p.place > 1
    ), identified AS (
        SELECT DISTINCT ON (l.part) l.*, c.former
          FROM leaving AS l LEFT JOIN candidate AS c USING (part)
         ORDER BY l.part, cdp._one_id_unsigned(c.former)
    )
    SELECT p.*, a.* INTO parts, part_owners, formers, part_sizes, absorbed, absorbed_owners, absorbed_parts
      FROM (SELECT array_agg(p.part ORDER BY p.age), array_agg(p.one_id ORDER BY p.age),
                   array_agg(p.former ORDER BY p.age), array_agg(p.identifiers ORDER BY p.age) FROM identified AS p) AS p,
           (SELECT array_agg(a.former), array_agg(a.one_id), array_agg(a.part) FROM anchor AS a) AS a;

    given := cdp._counter_take('one_id', cardinality(array_positions(formers, NULL)));
    SELECT array_agg(coalesce(p.former, cdp._one_id_signed(given + p.nth_new)) ORDER BY p.nth) INTO part_ids
      FROM (SELECT f.former, f.nth, count(*) FILTER (WHERE f.former IS NULL) OVER (ORDER BY f.nth) AS nth_new
              FROM unnest(formers) WITH ORDINALITY AS f (former, nth)) AS p;
    INSERT INTO cdp.person (one_id)
    SELECT p.one_id FROM unnest(part_ids, formers) AS p (one_id, former) WHERE p.former IS NULL;
    UPDATE cdp.person AS p SET merged_into = NULL, merged_at = NULL, ended_at = NULL WHERE p.one_id = ANY (formers);
    UPDATE cdp.person AS p SET merged_into = w.owner
      FROM (SELECT a.former, coalesce(n.one_id, a.one_id) AS owner
              FROM unnest(absorbed, absorbed_owners, absorbed_parts) AS a (former, one_id, part)
              LEFT JOIN unnest(parts, part_ids) AS n (part, one_id) USING (part)) AS w
     WHERE p.one_id = w.former AND w.owner <> w.former AND p.merged_into <> w.owner;

    SELECT array_agg(i.id), array_agg(i.one_id), array_agg(n.one_id) INTO movers, mover_owners, targets
      FROM cdp.components_of(graph) AS c
      JOIN unnest(parts, part_ids) AS n (part, one_id) ON n.part = c.component
     CROSS JOIN LATERAL (SELECT i.* FROM cdp.identifier AS i WHERE i.id = c.node OFFSET 0) AS i;
    PERFORM cdp._identity_note_past(movers);
    -- What is built on persons takes one apart when an identifier leaves it for nobody: one of each
    -- does so, while the person still has all the others.
    UPDATE cdp.identifier AS i SET one_id = NULL
      FROM (SELECT min(m.id) AS id FROM unnest(movers, mover_owners) AS m (id, one_id) GROUP BY m.one_id) AS m
     WHERE i.id = m.id;
    UPDATE cdp.identifier AS i SET one_id = m.target, since = now()
      FROM unnest(movers, targets) AS m (id, target) WHERE i.id = m.id;
    INSERT INTO cdp.split_log (seq, one_id, part, is_restored, identifiers, run_id)
    SELECT nextval(pg_get_serial_sequence('cdp.merge_log', 'seq')), p.one_id, p.part, p.former IS NOT NULL, p.size,
           _identity_split.run_id
      FROM unnest(part_owners, part_ids, formers, part_sizes) AS p (one_id, part, former, size);
    RETURN cardinality(parts);
END $$;
COMMENT ON FUNCTION cdp._identity_split(int4[], int8, boolean) IS
    'internal: works out again who these persons are, from the links that are still active, and has their limited links judged again unless that is done; returns how many parts left them';
