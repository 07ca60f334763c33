-- The type of rules: one spelling, JSON, operators, what a rule names, and mistakes shown at their place.
\pset format unaligned
\pset tuples_only on
SET search_path = cdp, public;

-- every part of the language in its one spelling
SELECT rule FROM (VALUES
    ('everyone but not (tag:staff | audience:blocked)'),
    ('tag:会员等级 in (金卡, "black card") and tag:ltv >= 05000.00 and tag:age between 18 and 25'),
    ('attr.city = 上海 and attr.birthday between today and in 7d and not attr.email is set'),
    ('did pay >= 3 times within 90 days where amount >= 100 and channel = app'),
    ('sum(amount) of pay > 99.50 since 2025-01-01 or days of visit between 3 and 5 in the last 1 month'),
    ('first pay last 30 days or last pay until 90 days ago where coupon is not set'),
    ('add_to_cart then not pay within 30 min since 1 day and tag:order_freq = high and tag:pay_power = strong'),
    ('view where (item = x and price < 10) then cart then not "then" within 2h between "2025-01-01T08:00" and now'),
    ('audience:vip as of 2025-01-31 or top 10 % by tag:ltv or top 0100 by tag:points'),
    ('id(phone) in (13900000001, "+86 139") or id(wx_unionid) = oX1'),
    ('支付 between 2 and 5 times in last 7 days')) AS v (given), CAST(v.given AS rule) AS rule;

-- what is written is read again as the same, as text, as JSON and as a binary message
CREATE TABLE kept (r rule);
INSERT INTO kept VALUES
    ('tag:a or tag:b and not (tag:c or everyone)'), ('pay where a = 1 and cart >= 2 times'),
    ('a then not b where (x in ("p q", ''"'')) within 3 weeks until today'), ('not not tag:"not"'),
    ('max("in") of "and" <> -0.50 or top 0.5% by tag:x'), ('id("a b") in (1)');
SELECT r, r::text::rule = r AND r::jsonb::rule = r AS same FROM kept ORDER BY r::text;
SELECT jsonb_pretty('(tag:ltv >= 5000 or not vip) and cart then not pay where amount > 9.90 within 30 min in last 7 days'::rule::jsonb);
SELECT encode(rule_send('tag:a'), 'escape');
CREATE TABLE received (r rule);
CREATE FUNCTION refusal(message bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    sent bytea := '\x5047434f50590aff0d0a0000000000000000000001'
        || int4send(length(message)) || message || '\xffff'::bytea;
    file oid := lo_from_bytea(0, sent);
BEGIN
    PERFORM lo_export(file, 'cdp_received_rule.bin');
    PERFORM lo_unlink(file);
    COPY received FROM 'cdp_received_rule.bin' (FORMAT binary);
    RETURN 'taken';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT message, refusal(message)
  FROM (SELECT rule_send(r) FROM kept UNION ALL VALUES ('\x'::bytea), ('\x01'), ('\x02'), ('\x017461673a'),
        ('\x016100'), ('\x01e9'), ('\x0120612020')) AS m (message) ORDER BY 1;
SELECT r FROM received EXCEPT SELECT r FROM kept;

-- equal whatever the spelling; hashed
SELECT rule '(tag:a & tag:b) & tag:c' = rule 'tag:a and (tag:"b" and tag:c)', rule 'tag:a' <> rule 'tag:A';
SELECT count(*), count(DISTINCT r::text) FROM (SELECT r FROM kept UNION SELECT r FROM kept) AS u;
SELECT rule_hash_extended('tag:a', 0) & 4294967295 = rule_hash('tag:a')::int8 & 4294967295;

-- rules made of rules
SELECT rule 'tag:a or tag:b' & rule 'tag:c and tag:d', rule 'tag:a or tag:b' | 'tag:c', ! rule 'tag:a and tag:b', ! rule 'tag:a';

-- what a rule names and is made of
SELECT rule_tags(r), rule_audiences(r), rule_events(r)
  FROM CAST('tag:b and (a then not c within 1 hour or audience:v) and top 1 by tag:a and tag:b = x' AS rule) AS r;
SELECT rule_tags('everyone');
SELECT repeat('  ', depth) || node, text FROM rule_tree('(tag:b or a then c within 1 hour) and not (audience:金 and sum(x) of pay > 1)');

-- trees of a screen; errors say where
SELECT '{"type":"and","rules":[{"type":"tag","name":"level","op":"in","values":["gold",7]},{"type":"or","rules":[{"type":"everyone"}]}]}'::jsonb::rule;
SELECT '{"type":"and","rules":[{"type":"everyone"},{"type":"tag","nmae":"x"}]}'::jsonb::rule;
SELECT '{"type":"or","rules":[{"type":"event","event":"pay","count":{"op":">=","value":"3"}}]}'::jsonb::rule;
SELECT '{"type":"event","event":"pay","window":{"last":{"amount":7,"unit":"fortnight"}}}'::jsonb::rule;
SELECT '[]'::jsonb::rule;

-- mistakes: where, and what was expected
\set VERBOSITY default
SELECT rule '';
SELECT rule 'tag:会员 与 tag:b';
SELECT rule 'tag:a and (tag:b or pay >= 3) and tag:c';
SELECT rule 'tag:a >= gold';
SELECT rule 'tag:a between 1';
SELECT rule 'tag:a < 2025-02-29';
SELECT rule 'attr.city';
SELECT rule 'pay in last week';
SELECT rule 'pay in last 0 days';
SELECT rule 'pay = 1.5 times';
SELECT rule 'cart then not pay';
SELECT rule 'cart then pay within 2 months';
SELECT rule 'cart >= 2 times then pay within 1 day';
SELECT rule 'pay where amount > 1 and refund between 2025-01-01 and today';
SELECT rule 'sum of pay > 3';
SELECT rule 'then or tag:b';
SELECT rule 'top 101% by tag:a';
SELECT rule 'id(phone) in 139';
SELECT rule 'tag:a in (b，c)';
SELECT rule 'tag:"a';
SELECT rule E'tag:a and\n  tag:b and\n  tag:c or or';

-- limits, and bytes that are no rule
SELECT length(CAST(repeat('(', 256) || 'everyone' || repeat(')', 256) AS rule)::text);
SELECT CAST(repeat('(', 257) || 'everyone' || repeat(')', 257) AS rule);
SELECT CAST(repeat('!', 100000) || 'everyone' AS rule);
SELECT ! CAST(repeat('not ', 256) || 'everyone' AS rule);
SELECT CAST(repeat('x|', 100000) || 'x' AS rule);
SELECT CAST(repeat(' ', 16777217) AS rule);
SELECT CAST((repeat('[', 3000) || repeat(']', 3000))::jsonb AS rule);
SELECT length(CAST('id(phone) in (' || string_agg(n::text, ',' ORDER BY n) || ')' AS rule)::text) FROM generate_series(1, 50000) AS n;
DO $$ BEGIN PERFORM cdp.rule_in('tag:a and )'); END $$;
DROP TABLE kept, received;
DROP FUNCTION refusal;
