-- Landing rows become events, identifiers and links; whatever cannot be read is refused with a reason.
SELECT cdp.setup('Asia/Shanghai');
SET timezone = 'UTC';

COPY cdp.landing_event FROM stdin;
e1	2025-03-01 10:00:00	 view_item 	phone	 13912345678 	app	{"sku": 1}	{"unionid": "u1", "device_id": ["d1", "d2"], "email": null, "jd_id": ""}
e2	2025-03-01T02:00:00Z	pay	Phone	13912345678		\N	\N
e3	2025-03-01 08:30+05:30	pay	loyalty	77	pos	\N	{"loyalty": 77, "qq": [1, 2.5]}
\.
COPY cdp.landing_link FROM stdin;
crm	unionid	u1	phone	13912345678	2025-01-01	0.5
\N	member_id	m1	phone	13912345678	2025-01-02 00:00	\N
crm	member_id	m2	member_id	 m2	2025-01-03	1
\.
SELECT events_read, events_new, events_duplicate, links_read, links_new, identifiers_new, quarantined,
       duration > interval '0' AS timed FROM cdp.ingest();
-- times without an offset are those of the space; numbers follow first sight, then type and value
SELECT e.event_id, e.ts, e.name, t.name AS type, i.value, e.channel, e.props
  FROM cdp.event e JOIN cdp.identifier i ON i.id = e.identifier_id JOIN cdp.id_type t USING (type_id) ORDER BY 1;
SELECT i.id, t.name AS type, i.value, i.one_id, i.status, i.first_seen, i.last_seen
  FROM cdp.identifier i JOIN cdp.id_type t USING (type_id) ORDER BY id;
SELECT type_id, name, rank FROM cdp.id_type WHERE rank = 200 ORDER BY 1;
SELECT a, b, source, weight, first_seen, last_seen, n, status FROM cdp.link ORDER BY 1, 2, 3;
SELECT DISTINCT a, b FROM cdp.link_queue ORDER BY 1, 2;
SELECT code, name FROM cdp.event_type ORDER BY code;
SELECT (SELECT count(*) FROM cdp.landing_event) AS events_left, (SELECT count(*) FROM cdp.landing_link) AS links_left;

-- a run with nothing to do changes nothing and is noted all the same
SELECT events_read, links_read, identifiers_new FROM cdp.ingest();
SELECT run_id, kind, name, seconds > 0 AS timed, succeeded, detail FROM cdp.v_run ORDER BY 1;

-- every fault has its reason
COPY cdp.landing_event FROM stdin;
\N	2025-03-01	pay	phone	1	\N	\N	\N
 	2025-03-01	pay	phone	1	\N	\N	\N
f1	\N	pay	phone	1	\N	\N	\N
f2	 	pay	phone	1	\N	\N	\N
f3	31st of March	pay	phone	1	\N	\N	\N
f4	infinity	pay	phone	1	\N	\N	\N
f5	2025-02-30	pay	phone	1	\N	\N	\N
f6	1999-12-31	pay	phone	1	\N	\N	\N
f7	2999-12-31	pay	phone	1	\N	\N	\N
f8	2025-03-01	\N	phone	1	\N	\N	\N
f9	2025-03-01	pay	\N	1	\N	\N	\N
f10	2025-03-01	pay	phone	\N	\N	\N	\N
f11	2025-03-01	pay	phone	  	\N	\N	\N
f12	2025-03-01	pay	phone	1	\N	\N	["u1"]
f13	2025-03-01	pay	phone	1	\N	\N	"u1"
f14	2025-03-01	pay	phone	1	\N	\N	{"unionid": {"value": "u1"}}
f15	2025-03-01	pay	phone	1	\N	\N	{"unionid": ["u1", ["u2"]]}
f16	2025-03-01	pay	phone	1	\N	\N	{"unionid": true}
f17	2025-03-01	pay	phone	1	\N	\N	{" ": "u1"}
\.
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value, identities) VALUES
    ('f18', '2025-03-01', 'pay', 'phone', repeat('1', 1025), NULL),
    ('f19', '2025-03-01', 'pay', repeat('t', 1025), '1', NULL),
    ('f20', '2025-03-01', repeat('界', 400), 'phone', '1', NULL),
    (repeat('f', 1025), '2025-03-01', 'pay', 'phone', '1', NULL),
    ('f21', '2025-03-01', 'pay', 'phone', '1', jsonb_build_object('unionid', repeat('u', 1025)));
COPY cdp.landing_link FROM stdin;
crm	\N	u1	phone	1	\N	\N
crm	unionid	\N	phone	1	\N	\N
crm	unionid	u1	 	1	\N	\N
crm	unionid	u1	phone	 	\N	\N
crm	unionid	u1	phone	1	soon	\N
crm	unionid	u1	phone	1	1970-01-01	\N
crm	unionid	u1	phone	1	2999-01-01	\N
crm	unionid	u1	phone	1	\N	high
crm	unionid	u1	phone	1	\N	1.01
crm	unionid	u1	phone	1	\N	-0.5
crm	unionid	u1	phone	1	\N	NaN
crm	unionid	u1	phone	1	\N	1e999
crm	unionid	u1	phone	1	\N	.
\.
SELECT events_read, events_new, links_read, links_new, identifiers_new, quarantined FROM cdp.ingest();
SELECT source_table, reason, row_count FROM cdp.v_quarantine ORDER BY 1, 2;
SELECT raw FROM cdp.quarantine WHERE raw ->> 'event_id' = 'f14' OR raw ->> 'weight' = 'high' ORDER BY source_table;
-- a refused row can be corrected and brought again
INSERT INTO cdp.landing_event
SELECT (jsonb_populate_record(NULL::cdp.landing_event, q.raw || '{"ts": "2025-03-31"}')).*
  FROM cdp.quarantine q WHERE q.raw ->> 'event_id' = 'f3';
SELECT events_new, quarantined FROM cdp.ingest();
SELECT event_id, ts FROM cdp.event WHERE event_id = 'f3';

-- limits that just hold
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) VALUES
    (repeat('g', 1024), '2000-01-01 00:00Z', 'pay', repeat('t', 1024), repeat('1', 1024));
COPY cdp.landing_link FROM stdin;
crm	unionid	w1	phone	1	\N	1e-9
crm	unionid	w2	phone	1	\N	 0.75 
crm	unionid	w3	phone	1	\N	+.5
crm	unionid	w4	phone	1	\N	1.000
\.
SELECT events_new, links_new, quarantined FROM cdp.ingest();
SELECT i.value, l.weight FROM cdp.link l JOIN cdp.identifier i ON i.id IN (l.a, l.b) AND i.value ~ '^w' ORDER BY 1;

-- texts of any length are refused, not an end to every run
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value, channel, identities) VALUES
    ('h1', repeat(' ', 3000000), 'pay', 'phone', '1', NULL, NULL),
    ('h2', '2025-03-01', 'pay', 'phone', '1', repeat('c', 9000), NULL),
    ('h3', '2025-03-01', 'pay', 'phone', repeat('界', 1000000), NULL, NULL),
    ('h4', '2025-03-01', 'pay', 'phone', '1', NULL, jsonb_build_object(repeat('k', 1000000), 'v')),
    (repeat('h', 250000000), '2025-03-01', 'pay', 'phone', '1', NULL, NULL);
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at, weight) VALUES
    (repeat('s', 100000), 'phone', '1', 'unionid', 'u1', NULL, NULL), ('crm', 'phone', '1', 'unionid', 'u1', repeat('t', 100000), NULL),
    ('crm', 'phone', '1', 'unionid', 'u1', NULL, repeat('1', 250000000));
SELECT events_new, links_new, quarantined FROM cdp.ingest();
SELECT reason, count(*), max(length(raw::text)) < 5000 AS is_clipped FROM cdp.quarantine WHERE run_id = (SELECT max(run_id) FROM cdp.run)
 GROUP BY 1 ORDER BY 1;

-- white space and what nobody sees around texts: one spelling for every field
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value, channel) VALUES
    (E'\u3000i1\r\n', E'2025-03-05\r', E'pay\r', E'\ufeffphone', E'\u00a01\u200b', E'\tapp\u3000'),
    ('i2', '2025-03-05', 'pay', 'phone', E'\u3000\u200b', NULL);
SELECT events_new, identifiers_new, quarantined FROM cdp.ingest();
SELECT event_id, name, channel FROM cdp.event WHERE event_id ~ 'i1';

-- a name and its code stay together; new names follow, in their own order
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value)
SELECT 'n' || n, '2025-03-02', n, 'phone', '1' FROM unnest('{register,下单,add_to_cart,pay}'::text[]) n;
SELECT events_new FROM cdp.ingest();
SELECT code, name FROM cdp.event_type ORDER BY code;

-- the number of a name or type that is deleted is not given out again
DELETE FROM cdp.event_type WHERE name = '下单';
DELETE FROM cdp.id_type WHERE type_id = (SELECT max(type_id) FROM cdp.id_type);
SELECT max(code) AS code, (SELECT max(type_id) FROM cdp.id_type) AS type_id FROM cdp.event_type;
INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value) VALUES ('n9', '2025-03-02', 'share', 'newest', '1');
SELECT events_new FROM cdp.ingest();
SELECT (SELECT code FROM cdp.event_type WHERE name = 'share') AS code, type_id FROM cdp.id_type WHERE name = 'newest';
SELECT severity, what FROM cdp.check() WHERE severity = 'error';

-- the session's settings are what they were
SHOW timezone; SHOW datestyle; SHOW work_mem;
