-- Funnels of persons: cumulative, split by the first step, of a period, of an audience.
\set SHOW_CONTEXT never
SELECT cdp.setup('UTC');
CREATE TABLE happened (who text, day int, hour int, name text, channel text, city text);
INSERT INTO happened VALUES
    ('ann', 1, 1, 'view', 'app', 'Paris'), ('ann', 2, 1, 'cart', 'web', 'Rome'), ('ann', 3, 1, 'pay', 'web', NULL),
    ('bob', 1, 5, 'view', 'web', 'Rome'), ('bob', 9, 5, 'cart', 'web', 'Rome'),
    -- exactly at the end of the window, and an hour later
    ('cid', 1, 0, 'view', 'app', NULL), ('cid', 8, 0, 'cart', 'app', NULL), ('cid', 8, 1, 'pay', 'app', NULL),
    -- the later start gets further; the first decides on the channel
    ('dee', 1, 2, 'view', NULL, 'Oslo'), ('dee', 10, 2, 'view', 'app', 'Rome'), ('dee', 10, 3, 'cart', 'app', 'Rome'), ('dee', 10, 4, 'pay', 'app', 'Rome'),
    -- in the wrong order
    ('eve', 1, 3, 'pay', 'web', NULL), ('eve', 1, 4, 'cart', 'web', NULL), ('eve', 1, 5, 'view', 'web', NULL),
    -- all at once
    ('fay', 2, 2, 'pay', 'app', NULL), ('fay', 2, 2, 'cart', 'app', NULL), ('fay', 2, 2, 'view', 'app', NULL),
    ('gus', 2, 2, 'search', 'app', NULL),
    -- something in between
    ('hal', 3, 1, 'view', 'web', NULL), ('hal', 3, 2, 'search', 'web', NULL), ('hal', 3, 3, 'cart', 'web', NULL);
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value, channel, props)
SELECT row_number() OVER (), timestamp '2025-03-01' + day * interval '1 day' + hour * interval '1 hour', name, 'member_id', who,
       channel, CASE WHEN city IS NOT NULL THEN jsonb_build_object('city', city) END
  FROM happened;
-- nobody's event
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) VALUES ('x', '2025-03-05', 'view', 'member_id', 'unknown');
SELECT events_new FROM cdp.ingest();
SELECT persons_new, blocked FROM cdp.id_resolve();
SELECT by_value, step, name, users, round(from_previous::numeric, 3) AS from_previous, round(from_first::numeric, 3) AS from_first
  FROM cdp.funnel_report('{view,cart,pay}');
SELECT by_value, step, name, users FROM cdp.funnel_report('{view,cart,pay}', by => 'channel');
SELECT by_value, step, users FROM cdp.funnel_report('{view,cart,pay}', by => 'props.city');
-- two identifiers of one person are one person
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at) VALUES ('t', 'member_id', 'bob', 'member_id', 'gus', '2025-03-01');
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value, channel) VALUES ('g2', '2025-03-03 00:00', 'cart', 'member_id', 'gus', 'app');
SELECT events_new, links_new FROM cdp.ingest();
SELECT merges FROM cdp.id_resolve();
SELECT step, users FROM cdp.funnel_report('{view,cart,pay}');
-- window, mode, steps
SELECT step, users FROM cdp.funnel_report('{view,cart,pay}', '30 minutes');
SELECT step, users FROM cdp.funnel_report('{view,cart}', '0');
SELECT step, users FROM cdp.funnel_report('{view,cart,pay}', mode => 'strict_order');
SELECT step, users FROM cdp.funnel_report('{view,cart,pay}', mode => 'strict_increase');
SELECT step, name, users FROM cdp.funnel_report('{view,view,cart}');
SELECT step, name, users FROM cdp.funnel_report('{search}');
-- only events of the period count; its end does not belong to it
SELECT step, users FROM cdp.funnel_report('{view,cart,pay}', "from" => '2025-03-03', "to" => '2025-03-11');
SELECT by_value, step, users FROM cdp.funnel_report('{view,cart,pay}', by => 'channel', "from" => '2025-03-11 02:00', "to" => '2025-03-11 04:00');
-- all steps also where nobody is
SELECT by_value, step, users, from_previous, from_first FROM cdp.funnel_report('{view,cart,pay}', "from" => '2030-01-01');
SELECT count(*) FROM cdp.funnel_report('{view,cart,pay}', by => 'channel', "from" => '2030-01-01');
-- of an audience
SELECT cdp.tag_define('payer', $$SELECT DISTINCT one_id FROM cdp.v_event WHERE name = 'pay' AND one_id IS NOT NULL$$);
SELECT people FROM cdp.tag_refresh('payer');
SELECT step, users FROM cdp.funnel_report('{view,cart,pay}', audience => 'tag:payer');
SELECT step, users FROM cdp.funnel_report('{view,cart,pay}', audience => 'not tag:payer');
-- what cannot be answered
SELECT * FROM cdp.funnel_report('{view,kart,pay}');
SELECT * FROM cdp.funnel_report('{view,NULL}');
SELECT * FROM cdp.funnel_report('{}');
SELECT * FROM cdp.funnel_report(NULL);
SELECT * FROM cdp.funnel_report('{view}', by => 'city');
SELECT * FROM cdp.funnel_report('{view}', by => 'props.');
SELECT * FROM cdp.funnel_report('{view}', '-1 day');
SELECT * FROM cdp.funnel_report('{view}', '1 month');
SELECT * FROM cdp.funnel_report('{view}', NULL);
SELECT * FROM cdp.funnel_report('{view}', mode => 'loose');
SELECT * FROM cdp.funnel_report('{view}', mode => NULL);
SELECT * FROM cdp.funnel_report('{view}', "from" => '2025-03-02', "to" => '2025-03-02');
SELECT * FROM cdp.funnel_report('{view}', audience => 'tag:nobody');
SELECT day, name, channel, events, people FROM cdp.v_event_daily WHERE name = 'view' ORDER BY 1, 3;
-- who says "(none)" is told apart from who says nothing
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value, channel, props)
SELECT 'n' || n, timestamptz '2026-01-01 UTC' + n * interval '1 min', s.name, 'member_id', 'none' || n % 6, s.said, jsonb_build_object('medium', s.said)
  FROM generate_series(0, 5) AS n, LATERAL (SELECT 'view' AS name, ('{(none),NULL,web,web,web,"\"(none)\""}'::text[])[n + 1] AS said) AS s
UNION ALL SELECT 'p' || n, '2026-01-01 01:00 UTC', 'pay', 'member_id', 'none' || n, NULL, NULL FROM generate_series(0, 1) AS n;
SELECT events_new FROM cdp.ingest();
SELECT persons_new FROM cdp.id_resolve();
SELECT by_value, step, users FROM cdp.funnel_report('{view,pay}', by => 'channel', "from" => '2026-01-01 UTC') ORDER BY by_value COLLATE "C", step;
SELECT by_value, step, users FROM cdp.funnel_report('{view,pay}', by => 'props.medium', "from" => '2026-01-01 UTC') ORDER BY by_value COLLATE "C", step;
SELECT by_value, events, people FROM cdp.daily_report('{view}', by => 'channel', "from" => '2026-01-01 UTC') ORDER BY by_value COLLATE "C";
SELECT touch, n FROM cdp.attribution_report('{pay}', '{view}', by => 'channel', "from" => '2026-01-01 UTC') ORDER BY touch COLLATE "C";
-- and so are direct touches: none2 sees web, then says nothing, then what says "(none)"
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value, channel)
SELECT 'd' || s.n, '2026-02-01 UTC'::timestamptz + s.n * interval '1 min', s.name, 'member_id', 'none2', s.said
  FROM (VALUES (1, 'view', 'web'), (2, 'view', '(none)'), (3, 'view', NULL), (4, 'pay', NULL)) AS s (n, name, said);
SELECT events_new FROM cdp.ingest();
SELECT direct, a.touch, a.n FROM unnest('{web,(none),"\"(none)\""}'::text[]) AS direct,
       cdp.attribution_report('{pay}', '{view}', '7 days', 'last_non_direct', 'channel', direct, "from" => '2026-02-01 UTC') AS a;
SELECT * FROM cdp.attribution_report('{pay}', '{view}', '7 days', 'last_non_direct', 'channel', 'wbe');
SELECT * FROM cdp.attribution_report('{pay}', '{view}', '1000000 years', "from" => '2026-02-01 UTC');
-- a property of timelines splits by its own name, too
SELECT cdp.property_define('said', 'medium');
SELECT by_value, step, users FROM cdp.funnel_report('{view,pay}', by => 'said', "from" => '2026-01-01 UTC', "to" => '2026-01-02 UTC') ORDER BY by_value COLLATE "C", step;
SELECT * FROM cdp.funnel_report('{view,pay}', by => 'sayd');
