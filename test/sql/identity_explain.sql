-- Why these are one person, who was who at what time, and what hangs by one link.
SELECT cdp.setup('UTC') \g /dev/null
SET timezone = 'UTC';
SET datestyle = 'ISO';
CREATE FUNCTION link(a text, b text, source text DEFAULT 'crm', at text DEFAULT '2025-01-01', weight text DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
    INSERT INTO cdp.landing_link
    VALUES (source, split_part(a, ':', 1), split_part(a, ':', 2), split_part(b, ':', 1), split_part(b, ':', 2), at, weight) $$;
CREATE FUNCTION run() RETURNS TABLE (persons int8, merges int8) LANGUAGE sql AS $$
    SELECT count(*) FROM cdp.ingest();
    SELECT r.persons_new, r.merges FROM cdp.id_resolve() r $$;

-- two ways from p1 to d1: as many hops, so the weights decide; twice said is one hop with both sources
SELECT link('phone:p1', 'unionid:u1', 'wechat', '2025-01-02'), link('phone:p1', 'unionid:u1', 'crm', '2025-01-01', '0.5'),
       link('unionid:u1', 'openid_mp:o1', 'wechat', '2025-01-03'), link('openid_mp:o1', 'device_id:d1', 'app', '2025-01-04', '0.8'),
       link('phone:p1', 'member_id:m1', 'crm', '2025-01-05', '0.9'), link('member_id:m1', 'openid_mp:o1', 'app', '2025-01-06', '0.9'),
       link('device_id:d1', 'device_id:d2', 'app', '2025-01-07', '0.3'), link('device_id:d2', 'cookie_id:c1', 'h5', '2025-01-07'),
       link('phone:other', 'unionid:other', 'crm', '2025-01-08'), link('phone:null', 'unionid:u1', 'crm', '2025-01-09');
SELECT * FROM run();
SELECT * FROM cdp.id_explain('phone', ' p1', 'device_id', 'd1');
SELECT hop, from_value, to_value FROM cdp.id_explain('cookie_id', 'c1', 'phone', 'p1');
-- older links among the equally strong
SELECT link('phone:p1', 'email:e1', 'form', '2025-02-02'), link('email:e1', 'pos_card:k1', 'form', '2025-02-03'),
       link('phone:p1', 'email:e2', 'form', '2025-02-03'), link('email:e2', 'pos_card:k1', 'form', '2025-02-01');
SELECT * FROM run();
SELECT from_value, to_value, first_seen FROM cdp.id_explain('phone', 'p1', 'pos_card', 'k1');
-- nothing to explain: other persons, nobody's, itself; and never seen
SELECT count(*) FROM cdp.id_explain('phone', 'p1', 'phone', 'other');
SELECT count(*) FROM cdp.id_explain('phone', 'p1', 'phone', 'null');
SELECT count(*) FROM cdp.id_explain('phone', 'p1', 'phone', 'p1');
\set SHOW_CONTEXT never
SELECT * FROM cdp.id_explain('phone', 'p1', 'phone', 'p0');
\unset SHOW_CONTEXT

-- the person: identifiers, links, and those that hold it together alone
SELECT type, value, first_seen, last_seen, neighbours, sources, since IS NOT NULL AS since FROM cdp.id_person(1);
SELECT type_a, value_a, type_b, value_b, source, weight, n, status, reason FROM cdp.id_person_links(1);
SELECT type_a, value_a, type_b, value_b, side_a, side_b, sources, weight FROM cdp.id_bridges(1);
SELECT (SELECT count(*) FROM cdp.id_person(99)) AS nobody, (SELECT count(*) FROM cdp.id_bridges(99)) AS no_bridges,
       (SELECT count(*) FROM cdp.id_person_links(NULL)) AS no_links;
SELECT jsonb_pretty(cdp.id_graph(2));
SELECT jsonb_array_length(g -> 'nodes') AS nodes, jsonb_array_length(g -> 'edges') AS edges,
       jsonb_path_query_array(g, '$.edges[*] ? (@.bridge == true).weight') AS bridge_weights FROM cdp.id_graph(1) AS g;
SELECT cdp.id_graph(99), cdp.id_graph_dot(99);
BEGIN;
SELECT link('cookie_id:a"b\c', 'phone:other', 'x"y', '2025-01-01', '0.5');
SELECT * FROM run();
SELECT cdp.id_graph_dot(2);
ROLLBACK;
SELECT regexp_count(cdp.id_graph_dot(1), ' -- ') AS edges, regexp_count(cdp.id_graph_dot(1), 'color="#c0392b"') AS bridges;
-- hubs: a phone with many cookies, within its rights, and a tablet with many phones
SELECT link('phone:p1', 'cookie_id:k' || n) FROM generate_series(1, 12) n;
SELECT link('device_id:shop', 'phone:s' || n) FROM generate_series(1, 11) n;
SELECT * FROM run();
SELECT * FROM cdp.v_id_hub ORDER BY neighbours DESC, type;

-- who was who: as one_id() said at the time
SELECT pg_sleep(0.01), clock_timestamp() AS before_merge \gset
SELECT link('cookie_id:k1', 'phone:other');
SELECT * FROM run();
SELECT clock_timestamp() AS after_merge \gset
SELECT cdp.one_id('phone', 'other') AS now, cdp.one_id_at('phone', 'other', :'before_merge') AS before,
       cdp.one_id_at('phone', 'other', :'after_merge') AS after, cdp.one_id_at('phone', 'other', '2025-01-01') AS not_yet,
       cdp.one_id_at('phone', 'p1', :'before_merge') AS survivor, cdp.one_id_at('phone', 'p0', now()) AS never_seen;
SELECT h.one_id, h.since < h.until AS lasted, i.value FROM cdp.identifier_history h JOIN cdp.identifier i USING (id) ORDER BY i.value;
SELECT value FROM cdp.id_person(2) WHERE value ~ 'other';
SELECT upto, old, new, cdp.rb_to_array(touched) AS touched, cdp.rb_to_array(split) AS split FROM cdp.id_changes_since(0);
SELECT upto, old, new, cdp.rb_to_array(touched) AS touched FROM cdp.id_changes_since(1000);
-- what the graph functions refuse
\set SHOW_CONTEXT never
SELECT * FROM cdp._graph_bridges('{1,2}', '{1}');
SELECT * FROM cdp._graph_path('{1}', '{2}', '{}', '{}', 1, 2);
SELECT * FROM cdp._graph_bridges('{1,null}', '{1,2}');
SELECT cdp.teardown(true) > 0 AS gone;
