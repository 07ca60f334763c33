-- Tags of a retailer, ready to refresh: what people did, where they are in their life as customers, where they
-- came from, where they are, how often and for how much they buy, and how warm they are.
--
-- Run it as the role that is to own the tags, in a database where cdp.setup() has been:
--     psql -d DATABASE -f tags_retail.sql
-- Run it again for a newer version: tags are defined anew, thresholds that have been changed stay.
-- Every tag speaks of the day that its refresh is for: events before that day count.
-- What it needs to know of the business stands in tables of schema retail; README.md says how to use them.
BEGIN;
-- What is there already needs no word.
SET LOCAL client_min_messages = warning;

CREATE SCHEMA IF NOT EXISTS retail;
COMMENT ON SCHEMA retail IS 'tags of a retailer: what they need to know of the business';

CREATE TABLE IF NOT EXISTS retail.setting (
    name text PRIMARY KEY,
    value text,
    description text NOT NULL
);
COMMENT ON TABLE retail.setting IS 'what the tags are made from';
INSERT INTO retail.setting VALUES
    ('pay_event', 'pay', 'the event of a payment'),
    ('amount_property', 'amount', 'its property that says how much'),
    ('region_property', 'store', 'the property of events that says where people are: a city, a store'),
    ('period_days', '180', 'so many days back count for frequency, value and scores')
ON CONFLICT (name) DO NOTHING;

CREATE TABLE IF NOT EXISTS retail.band (
    tag text NOT NULL,
    value text NOT NULL,
    at_least numeric NOT NULL,
    PRIMARY KEY (tag, value),
    UNIQUE (tag, at_least)
);
COMMENT ON TABLE retail.band IS 'from which number on a tag has which value';
-- A tag whose bands were changed keeps them all.
INSERT INTO retail.band
SELECT b.* FROM (VALUES
    ('activity', 'high', 10), ('activity', 'medium', 3), ('activity', 'low', 1),
    ('order_freq', 'high', 6), ('order_freq', 'medium', 3), ('order_freq', 'low', 1),
    ('value_tier', 'high', 3000), ('value_tier', 'medium', 1000), ('value_tier', 'low', 0),
    ('lead', 'hot', 50), ('lead', 'warm', 20), ('lead', 'cold', 0)) AS b (tag, value, at_least)
 WHERE NOT EXISTS (SELECT FROM retail.band AS o WHERE o.tag = b.tag);

CREATE TABLE IF NOT EXISTS retail.lifecycle_stage (
    place int PRIMARY KEY,
    stage text NOT NULL UNIQUE,
    payment text NOT NULL CHECK (payment IN ('first', 'last')),
    within_days int NOT NULL
);
COMMENT ON TABLE retail.lifecycle_stage IS 'stages of who has paid: the first of them whose payment, the first or the last one, is so many days ago at most';
INSERT INTO retail.lifecycle_stage
SELECT s.* FROM (VALUES (1, 'new', 'first', 30), (2, 'active', 'last', 60), (3, 'silent', 'last', 120),
                        (4, 'lapsed', 'last', 2147483647)) AS s (place, stage, payment, within_days)
 WHERE NOT EXISTS (SELECT FROM retail.lifecycle_stage);

CREATE TABLE IF NOT EXISTS retail.rfm_threshold (
    measure text NOT NULL CHECK (measure IN ('recency', 'frequency', 'monetary')),
    bound numeric NOT NULL,
    PRIMARY KEY (measure, bound)
);
COMMENT ON TABLE retail.rfm_threshold IS 'thresholds of the RFM scores: days at most, payments and sums at least; of a measure without any, fifths of the people';
INSERT INTO retail.rfm_threshold
SELECT t.* FROM (VALUES ('recency', 30), ('frequency', 3), ('monetary', 1000)) AS t (measure, bound)
 WHERE NOT EXISTS (SELECT FROM retail.setting WHERE name = 'rfm_threshold');
-- Without thresholds is a choice too, so their first filling is remembered apart from them.
INSERT INTO retail.setting VALUES ('rfm_threshold', 'filled', 'retail.rfm_threshold has been filled once')
ON CONFLICT (name) DO NOTHING;

CREATE TABLE IF NOT EXISTS retail.lead_score_dimension (
    dimension text PRIMARY KEY,
    meaning text NOT NULL,
    weight numeric NOT NULL CHECK (weight >= 0)
);
COMMENT ON TABLE retail.lead_score_dimension IS 'dimensions of the lead score: each has up to 100 points, of which the weight counts';
CREATE TABLE IF NOT EXISTS retail.lead_score_rule (
    dimension text NOT NULL REFERENCES retail.lead_score_dimension,
    event text PRIMARY KEY,
    points numeric NOT NULL
);
COMMENT ON TABLE retail.lead_score_rule IS 'points that an event adds to its dimension';
INSERT INTO retail.lead_score_dimension VALUES
    ('view', 'interest: looks', 0.2), ('interaction', 'recognition: takes part', 0.3), ('conversion', 'intent: is about to buy', 0.5)
ON CONFLICT (dimension) DO NOTHING;
INSERT INTO retail.lead_score_rule
SELECT r.* FROM (VALUES
    ('view', 'open', 2), ('view', 'page_view', 2), ('view', 'view_item', 5), ('view', 'view_live', 10),
    ('interaction', 'follow', 20), ('interaction', 'search', 5), ('interaction', 'ad_click', 5),
    ('interaction', 'coupon_receive', 15), ('interaction', 'share', 20), ('interaction', 'chat', 20),
    ('conversion', 'register', 20), ('conversion', 'add_to_cart', 20), ('conversion', 'submit_order', 30)) AS r (dimension, event, points)
 WHERE NOT EXISTS (SELECT FROM retail.lead_score_rule);

CREATE OR REPLACE FUNCTION retail.setting(name text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT s.value FROM retail.setting AS s WHERE s.name = setting.name
$$;
COMMENT ON FUNCTION retail.setting(text) IS 'a setting of the tags by its name';

CREATE OR REPLACE FUNCTION retail.band(tag text, number numeric) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT b.value FROM retail.band AS b WHERE b.tag = band.tag AND b.at_least <= number ORDER BY b.at_least DESC LIMIT 1
$$;
COMMENT ON FUNCTION retail.band(text, numeric) IS 'the value that a tag has for a number';

-- Days are those of the business. The period ends where the day begins, so many days of 24 hours after it began.
CREATE OR REPLACE FUNCTION retail.period(day date) RETURNS TABLE (day date, zone text, from_ts timestamptz, to_ts timestamptz)
LANGUAGE sql STABLE ROWS 1 AS $$
    SELECT p.day, p.zone, p.to_ts - (retail.setting('period_days') || ' days')::interval, p.to_ts
      FROM (SELECT period.day, z.zone, period.day::timestamp AT TIME ZONE z.zone AS to_ts FROM cdp.setting('time_zone') AS z (zone)) AS p
    -- Worked out once, not for every event.
    OFFSET 0
$$;
COMMENT ON FUNCTION retail.period(date) IS 'from when on, and up to when, events count for a day';

CREATE OR REPLACE FUNCTION retail.lead_score(day date)
RETURNS TABLE (one_id int4, view numeric, interaction numeric, conversion numeric, score numeric, lead text) LANGUAGE sql STABLE AS $$
    SELECT s.one_id, s.view, s.interaction, s.conversion, s.score, retail.band('lead', s.score)
      FROM (SELECT p.one_id, max(p.points) FILTER (WHERE p.dimension = 'view') AS view,
                   max(p.points) FILTER (WHERE p.dimension = 'interaction') AS interaction,
                   max(p.points) FILTER (WHERE p.dimension = 'conversion') AS conversion,
                   round(sum(p.points * d.weight), 1) AS score
              FROM (SELECT i.one_id, r.dimension, least(sum(r.points), 100) AS points
                      FROM cdp.event AS e
                      JOIN retail.lead_score_rule AS r ON r.event = e.name
                      JOIN cdp.identifier AS i ON i.id = e.identifier_id
                     CROSS JOIN retail.period(lead_score.day) AS n
                     WHERE i.one_id IS NOT NULL AND e.ts >= n.from_ts AND e.ts < n.to_ts
                     GROUP BY i.one_id, r.dimension) AS p
              JOIN retail.lead_score_dimension AS d USING (dimension)
             GROUP BY p.one_id) AS s
$$;
COMMENT ON FUNCTION retail.lead_score(date) IS 'the lead score of each person for a day: points of the dimensions, their weighted sum, and what it is called';

CREATE OR REPLACE FUNCTION retail.rfm(day date)
RETURNS TABLE (one_id int4, recency int4, frequency int8, monetary numeric, r int4, f int4, m int4, class text) LANGUAGE sql STABLE AS $$
    SELECT p.*
      FROM retail.period(rfm.day) AS n
     CROSS JOIN (SELECT array_agg(t.bound::int4) FILTER (WHERE t.measure = 'recency') AS recency,
                        array_agg(t.bound::int8) FILTER (WHERE t.measure = 'frequency') AS frequency,
                        array_agg(t.bound) FILTER (WHERE t.measure = 'monetary') AS monetary
                   FROM retail.rfm_threshold AS t) AS t
     CROSS JOIN LATERAL cdp.rfm_people(retail.setting('pay_event'), retail.setting('amount_property'), n.from_ts, n.to_ts,
                                       NULL, t.recency, t.frequency, t.monetary) AS p
$$;
COMMENT ON FUNCTION retail.rfm(date) IS 'recency, frequency, monetary value, scores and class of who paid in the period of a day';

-- Behaviour track
SELECT cdp.tag_define('activity', $$
    SELECT d.one_id, retail.band('activity', count(*)) AS value
      FROM (SELECT DISTINCT e.one_id, cdp.day_of(e.ts, n.zone) AS day
              FROM cdp.v_event AS e CROSS JOIN retail.period(:base_date) AS n
             WHERE e.one_id IS NOT NULL AND e.ts >= n.to_ts - interval '30 days' AND e.ts < n.to_ts) AS d
     GROUP BY d.one_id $$, folder => 'behaviour track', description => 'days with any event in the last 30');
SELECT cdp.tag_define('did', $$
    SELECT DISTINCT e.one_id, e.name AS value
      FROM cdp.v_event AS e CROSS JOIN retail.period(:base_date) AS n
     WHERE e.one_id IS NOT NULL AND e.ts >= n.from_ts AND e.ts < n.to_ts $$,
    folder => 'behaviour track', description => 'everything done in the period');
SELECT cdp.tag_define('best_hour', $$
    SELECT h.one_id, mode() WITHIN GROUP (ORDER BY h.hour) AS value
      FROM (SELECT e.one_id, to_char(e.ts AT TIME ZONE n.zone, 'HH24') AS hour
              FROM cdp.v_event AS e CROSS JOIN retail.period(:base_date) AS n
             WHERE e.one_id IS NOT NULL AND e.ts >= n.from_ts AND e.ts < n.to_ts) AS h
     GROUP BY h.one_id $$, folder => 'behaviour track', description => 'hour of the day with the most events in the period; of equal ones the first');

-- Lifecycle
SELECT cdp.tag_define('lifecycle', $$
    SELECT p.one_id, (SELECT s.stage FROM retail.lifecycle_stage AS s
                       WHERE p.day - CASE s.payment WHEN 'first' THEN p.first_day ELSE p.last_day END <= s.within_days
                       ORDER BY s.place LIMIT 1) AS value
      FROM (SELECT e.one_id, n.day, cdp.day_of(min(e.ts), n.zone) AS first_day, cdp.day_of(max(e.ts), n.zone) AS last_day
              FROM cdp.v_event AS e CROSS JOIN retail.period(:base_date) AS n
             WHERE e.one_id IS NOT NULL AND e.name = (SELECT retail.setting('pay_event')) AND e.ts < n.to_ts
             GROUP BY e.one_id, n.day, n.zone) AS p $$, folder => 'lifecycle', description => 'stage by the first and the last payment', keep_versions => 30);

-- Source channel
SELECT cdp.tag_define('source', $$
    SELECT DISTINCT ON (one_id) one_id, channel AS value
      FROM cdp.v_event WHERE one_id IS NOT NULL AND ts < :base_date ORDER BY one_id, ts, event_id $$,
    folder => 'source channel', description => 'channel of the very first event');
SELECT cdp.tag_define('channel', $$
    SELECT DISTINCT one_id, channel AS value FROM cdp.v_event WHERE one_id IS NOT NULL AND ts < :base_date $$,
    folder => 'source channel', description => 'every channel with an event');

-- Region
SELECT cdp.tag_define('region', $$
    SELECT e.one_id, mode() WITHIN GROUP (ORDER BY e.props ->> s.property) AS value
      FROM cdp.v_event AS e CROSS JOIN (SELECT retail.setting('region_property') AS property OFFSET 0) AS s
     WHERE e.one_id IS NOT NULL AND e.ts < :base_date AND e.props ? s.property GROUP BY e.one_id $$,
    folder => 'region', description => 'where most events were; of equal ones the first by name');

-- Transaction frequency
SELECT cdp.tag_define('order_freq', 'SELECT one_id, retail.band(''order_freq'', frequency) AS value FROM retail.rfm(:base_date)',
    folder => 'transaction frequency', description => 'payments in the period');
SELECT cdp.tag_define('value_tier', 'SELECT one_id, retail.band(''value_tier'', monetary) AS value FROM retail.rfm(:base_date)',
    folder => 'transaction frequency', description => 'sum of payments in the period');
SELECT cdp.tag_define('rfm_class', 'SELECT one_id, class AS value FROM retail.rfm(:base_date)',
    folder => 'transaction frequency', description => 'one of eight classes: lately, often, for much, or not', keep_versions => 30);
SELECT cdp.tag_define('rfm_' || t.score, format('SELECT one_id, %s AS value FROM retail.rfm(:base_date)', t.score),
    folder => 'transaction frequency', description => format('score of %s, 1 the worst', t.measure), value_type => 'number')
  FROM (VALUES ('r', 'recency'), ('f', 'frequency'), ('m', 'monetary value')) AS t (score, measure);
SELECT cdp.tag_define('payments', 'SELECT one_id, frequency AS value FROM retail.rfm(:base_date)',
    folder => 'transaction frequency', description => 'payments in the period', value_type => 'number', on_merge => 'sum');
SELECT cdp.tag_define('paid', 'SELECT one_id, round(monetary) AS value FROM retail.rfm(:base_date)',
    folder => 'transaction frequency', description => 'sum of payments in the period, in whole units', value_type => 'number', on_merge => 'sum');
SELECT cdp.tag_define('last_paid', 'SELECT v.one_id, :base_date - v.recency AS value FROM retail.rfm(:base_date) AS v',
    folder => 'transaction frequency', description => 'day of the last payment in the period', value_type => 'date', on_merge => 'max');

-- Leads
SELECT cdp.tag_define('lead', 'SELECT one_id, lead AS value FROM retail.lead_score(:base_date)',
    folder => 'lead', description => 'hot, warm or cold by the lead score of the period', keep_versions => 30);
SELECT cdp.tag_define('lead_score', 'SELECT one_id, round(score) AS value FROM retail.lead_score(:base_date)',
    folder => 'lead', description => 'weighted points of three dimensions, up to 100', value_type => 'number', keep_versions => 30);

COMMIT;
