-- Random publications, claims by senders that succeed, fail or die, merges and splits, words of consent, erasures, at two
-- queues of one channel: nobody is sent one campaign twice, no cap is passed, nobody is sent anything who has said no,
-- and whoever is held out stays so.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT cdp.setup('UTC') \g /dev/null
INSERT INTO cdp.landing_link (source, type_a, value_a, type_b, value_b, seen_at)
SELECT 'crm', 'phone', 'p' || n, 'email', 'e' || n, '2025-01-01' FROM generate_series(1, 30) n;
SELECT links_new FROM cdp.ingest();
SELECT persons_new FROM cdp.id_resolve();
SELECT cdp.destination_define('sms', 'phone', channel => 'sms', consent => 'not_refused', max_attempts => 3, lease => '1 hour'),
       cdp.destination_define('call', 'phone', channel => 'sms', consent => 'not_refused', max_attempts => 3, lease => '1 hour'),
       cdp.touch_policy_set('sms', 2, '7 days'), cdp.touch_policy_set('*', 3, '20 days') \g /dev/null
CREATE FUNCTION dice(n int, salt int, sides int) RETURNS int LANGUAGE sql IMMUTABLE RETURN (abs(hashint8extended(n, salt)) % sides)::int;
CREATE TABLE given (step int, at timestamptz, outbox_id int8, one_id int4, id_value text, campaign text, dest text, attempt int4, told text);
CREATE TABLE tally (what text);
-- by plain SQL over the rows: what whoever was claimed has got in the windows, this one included
CREATE FUNCTION check_claim(this_step int, the_time timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    g record;
BEGIN
    FOR g IN SELECT * FROM given WHERE step = this_step LOOP
        IF (SELECT count(*) FILTER (WHERE t.at > the_time - interval '7 days') > 2 OR count(*) FILTER (WHERE t.at > the_time - interval '20 days') > 3
              FROM (SELECT l.contacted_at AS at, l.identifier_id FROM cdp.contact_log l
                    UNION ALL SELECT o.claimed_at, o.identifier_id FROM cdp.outbox o WHERE o.state = 'claimed') t
              JOIN cdp.identifier i ON i.id = t.identifier_id WHERE i.one_id = g.one_id) THEN
            RAISE EXCEPTION 'step %: a cap is passed for person %', this_step, g.one_id;
        ELSIF EXISTS (SELECT FROM cdp.consent c JOIN cdp.identifier i ON i.id = c.identifier_id WHERE i.one_id = g.one_id
                      GROUP BY i.one_id HAVING NOT (array_agg(c.is_given ORDER BY c.said_at DESC, c.is_given))[1])
           OR EXISTS (SELECT FROM cdp.suppression s JOIN cdp.identifier i USING (type_id, value) WHERE i.one_id = g.one_id AND (s.whole_person OR i.value = g.id_value)) THEN
            RAISE EXCEPTION 'step %: person % must not be contacted', this_step, g.one_id;
        ELSIF EXISTS (SELECT FROM cdp.contact_log l JOIN cdp.publication p USING (publication_id) JOIN cdp.destination d USING (destination_id)
                      JOIN cdp.identifier i ON i.id = l.identifier_id WHERE i.one_id = g.one_id AND p.campaign = g.campaign AND d.name = g.dest) THEN
            RAISE EXCEPTION 'step %: person % has got campaign % before', this_step, g.one_id, g.campaign;
        ELSIF (SELECT count(*) FROM given o WHERE o.outbox_id = g.outbox_id AND o.step < this_step
                 AND (o.told = 'sent' OR o.told IS NULL AND o.at + interval '1 hour' > the_time)) > 0 THEN
            RAISE EXCEPTION 'step %: row % is somebody else''s', this_step, g.outbox_id;
        END IF;
    END LOOP;
    IF EXISTS (SELECT FROM given WHERE step = this_step GROUP BY one_id, campaign, dest HAVING count(*) > 1) THEN
        RAISE EXCEPTION 'step %: somebody twice in one claim', this_step;
    END IF;
END $$;
CREATE PROCEDURE play(steps int) LANGUAGE plpgsql AS $$
DECLARE
    the_time timestamptz := now();
    queue text;
    phone text;
    published record;
    drawn cdp.roaringbitmap;
    ids int8[];
BEGIN
    FOR this_step IN 1 .. steps LOOP
        the_time := the_time + dice(this_step, 1, 2000) * interval '1 minute';
        queue := (ARRAY['sms', 'call'])[1 + dice(this_step, 2, 2)];
        phone := 'p' || 1 + dice(this_step, 3, 30);
        IF dice(this_step, 4, 2) = 0 THEN
            drawn := (SELECT cdp.rb_build_agg(cdp._person_now(m)) FROM cdp.publication p JOIN cdp.destination d USING (destination_id) JOIN cdp.publication_holdout h USING (publication_id), cdp.rb_iterate(h.members) m
                       WHERE d.name = queue AND p.campaign = 'c' || dice(this_step, 5, 6));
            SELECT p.* INTO published FROM (SELECT string_agg('p' || n, ', ') FROM generate_series(1, 30) n WHERE dice(n, this_step, 2) = 0) AS half (phones),
                   cdp.outbox_publish(format('id(phone) in (%s)', half.phones), queue, holdout => 0.3, campaign => 'c' || dice(this_step, 5, 6)) AS p;
            IF EXISTS (SELECT FROM cdp.outbox o JOIN cdp.identifier i ON i.id = o.identifier_id
                        WHERE o.publication_id = published.publication_id AND (cdp.audience_share(i.one_id, 'c' || dice(this_step, 5, 6)) >= 0.7 OR cdp.rb_contains(drawn, i.one_id)))
               OR EXISTS (SELECT FROM cdp.publication_holdout h, cdp.rb_iterate(h.members) m
                           WHERE h.publication_id = published.publication_id AND cdp.audience_share(m, 'c' || dice(this_step, 5, 6)) < 0.7 AND NOT coalesce(cdp.rb_contains(drawn, m), false)) THEN
                RAISE EXCEPTION 'step %: the lot has changed', this_step;
            END IF;
            INSERT INTO tally SELECT 'published' WHERE published.published > 0 UNION ALL SELECT 'again' WHERE published.duplicate > 0;
        END IF;
        CASE dice(this_step, 6, 9)
        WHEN 0, 1 THEN
            PERFORM cdp.id_link('phone', phone, 'email', 'e' || 1 + dice(this_step, 7, 30)) WHERE NOT cdp._is_erased('phone', phone) AND NOT cdp._is_erased('email', 'e' || 1 + dice(this_step, 7, 30));
        WHEN 2 THEN
            PERFORM cdp.id_unlink(l.a, l.b) FROM (SELECT l.a, l.b FROM cdp.link l WHERE l.status = 'active' ORDER BY dice(l.a * 100 + l.b, this_step, 10000), l.a, l.b LIMIT 1) l;
        WHEN 3 THEN
            PERFORM cdp.consent_set('phone', phone, 'marketing', '*', dice(this_step, 8, 3) > 0) WHERE NOT cdp._is_erased('phone', phone);
        WHEN 4 THEN
            PERFORM CASE WHEN dice(this_step, 8, 2) = 0 THEN cdp.suppress('phone', phone, 'sms') ELSE cdp.suppress(cdp.one_id('phone', phone)) END WHERE cdp.one_id('phone', phone) IS NOT NULL;
        WHEN 5 THEN
            IF this_step % 3 = 0 AND cdp.one_id('phone', phone) IS NOT NULL THEN
                PERFORM cdp.person_erase('phone', phone, tombstone => true);
            END IF;
        ELSE NULL;
        END CASE;
        INSERT INTO given SELECT this_step, the_time, c.outbox_id, c.one_id, c.id_value, c.campaign, queue, c.attempt FROM cdp.outbox_claim(queue, 1 + dice(this_step, 9, 25), the_time) c;
        PERFORM check_claim(this_step, the_time);
        -- two in four say that it was sent, one that it was not, and one says nothing
        ids := ARRAY(SELECT outbox_id FROM given g WHERE g.step = this_step AND dice(outbox_id::int, this_step, 4) < 2);
        PERFORM cdp.outbox_ack(ids), cdp.outbox_ack(ids);
        UPDATE given SET told = 'sent' WHERE outbox_id = ANY (ids);
        ids := ARRAY(SELECT outbox_id FROM given g WHERE g.step = this_step AND dice(outbox_id::int, this_step, 4) = 2 ORDER BY 1);
        PERFORM cdp.outbox_ack(ids, ok => false, attempt => ARRAY(SELECT g.attempt FROM given g WHERE g.step = this_step AND outbox_id = ANY (ids) ORDER BY outbox_id));
        UPDATE given SET told = 'failed' WHERE outbox_id = ANY (ids);
        COMMIT;
    END LOOP;
END $$;
CALL play(60);
-- all of it has happened
SELECT what, count(*) > 5 AS often FROM tally GROUP BY 1 ORDER BY 1;
SELECT count(*) FILTER (WHERE told = 'sent') > 20 AS sent, count(*) FILTER (WHERE told = 'failed') > 10 AS failed, count(*) FILTER (WHERE told IS NULL) > 5 AS silent FROM given;
SELECT state, reason, count(*) > 2 AS often FROM cdp.outbox WHERE reason IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2;
SELECT (SELECT count(*) > 3 FROM cdp.merge_log) AS merges, (SELECT count(*) > 3 FROM cdp.split_log) AS splits, (SELECT count(*) > 0 FROM cdp.erase_log) AS erasures;
SELECT severity, what FROM cdp.check() WHERE severity = 'error';
SELECT cdp.teardown(true) > 0 AS gone;
