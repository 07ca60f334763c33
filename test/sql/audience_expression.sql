-- The language of audience expressions: what it means, and what it says of mistakes.
CREATE FUNCTION pg_temp.steps(expression text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(coalesce(s ->> 'name' || coalesce(' ' || nullif(s -> 'values', 'null')::text, ''), s ->> 'op'), ', ' ORDER BY n)
      FROM jsonb_array_elements(cdp._audience_parse(expression)) WITH ORDINALITY AS e(s, n) $$;

SELECT cdp._audience_parse('tag:member in (gold, "black card") but not audience:blocked or everyone');
SELECT cdp._audience_parse('tag:member');

-- not before and before or; equal operators from the left
SELECT pg_temp.steps('tag:a or tag:b and not tag:c');
SELECT pg_temp.steps('tag:a or (tag:b and !tag:c)');
SELECT pg_temp.steps('(tag:a|tag:b)&!tag:c');
SELECT pg_temp.steps('tag:a and tag:b and tag:c');
SELECT pg_temp.steps('tag:a and (tag:b and tag:c)');
SELECT pg_temp.steps('not not tag:a but not (everyone or audience:b)');
SELECT pg_temp.steps('NOT Tag:A AND Everyone Or AUDIENCE:b BUT NOT tag:c IN (d)');
SELECT pg_temp.steps('tag:a <> b or tag:a not in (c, d) or tag:a is not set or tag:a is set');

-- words of any script, digits, _ - . ; everything else in quotes of either kind
SELECT pg_temp.steps('tag:会员等级 = 金卡 or tag:город in (Москва) or tag:rfm_2024-01.v2 = -1.5');
SELECT pg_temp.steps('tag:"a ""b"" ''c''" = ''it''''s "x"'' or audience:"(：）"');
SELECT pg_temp.steps($$tag:path = 'C:\x' or tag:empty = '' or tag:line = 'a
b'$$);
-- keywords are names where a name stands
SELECT pg_temp.steps('tag:and in (or, not, in) and tag:in in (in) and audience:everyone');
SELECT pg_temp.steps(E'\t tag : a\n=\r\n b ');

-- the one spelling
SELECT cdp.audience_expression('((tag:"a")&(tag:b IN (''c'')))|NOT(audience:"d e" or (everyone))');
SELECT cdp.audience_expression('tag:a but not tag:b');
SELECT cdp.audience_expression('tag:x = "quote "" and \ "');
SELECT cdp._audience_parse(cdp.audience_expression(e)) = cdp._audience_parse(e) AS same
  FROM unnest(ARRAY['(tag:a or tag:b) and (tag:c and tag:d)', 'not (not tag:a and !tag:b)', 'tag:"１" = "（"']) AS e;
SELECT cdp.audience_expression(NULL), cdp._audience_parse(NULL);

-- mistakes
SELECT cdp._audience_parse('');
SELECT cdp._audience_parse('   ');
SELECT cdp._audience_parse('vip');
SELECT cdp._audience_parse('tag');
SELECT cdp._audience_parse('tag:');
SELECT cdp._audience_parse('tag:""');
SELECT cdp._audience_parse('tag:a tag:b');
SELECT cdp._audience_parse('tag:会员 与 tag:b');
SELECT cdp._audience_parse('tag:a and');
SELECT cdp._audience_parse('and tag:a');
SELECT cdp._audience_parse('tag:a and or tag:b');
SELECT cdp._audience_parse('tag:a && tag:b');
SELECT cdp._audience_parse('tag:a but tag:b');
SELECT cdp._audience_parse('tag:a not tag:b');
SELECT cdp._audience_parse('(tag:a');
SELECT cdp._audience_parse('tag:a)');
SELECT cdp._audience_parse('()');
SELECT cdp._audience_parse('tag:a = ');
SELECT cdp._audience_parse('tag:a = (b)');
SELECT cdp._audience_parse('tag:a in b');
SELECT cdp._audience_parse('tag:a in ()');
SELECT cdp._audience_parse('tag:a in (b c)');
SELECT cdp._audience_parse('tag:a in (b,');
SELECT cdp._audience_parse('tag:a >= 3');
SELECT cdp._audience_parse('tag:a between 1 and 2');
SELECT cdp._audience_parse('audience:a = b');
SELECT cdp._audience_parse('everyone:a');
SELECT cdp._audience_parse('tag:"a');
SELECT cdp._audience_parse('tag:a = ''it''s''');
SELECT cdp._audience_parse('tag:a; DROP TABLE x');
SELECT cdp._audience_parse(E'tag:a and\n  tag:b and\n  tag:c or or');
-- punctuation of a Chinese keyboard is no part of a word
SELECT cdp._audience_parse('（tag:a or tag:b）');
SELECT cdp._audience_parse('tag：a');
SELECT cdp._audience_parse('tag:a in (b，c)');
SELECT cdp._audience_parse(U&'tag:a\3000and tag:b');
SELECT cdp._audience_parse(U&'tag:a\00A0and tag:b');
-- a long fault is cut between characters
SELECT cdp._audience_parse('tag:a "' || repeat('金', 100));

-- limits
SELECT cdp.audience_expression(repeat('(', 256) || 'everyone' || repeat(')', 256));
SELECT cdp._audience_parse(repeat('(', 257) || 'everyone' || repeat(')', 257));
SELECT cdp._audience_parse(repeat('not ', 100000) || 'everyone');
SELECT jsonb_array_length(cdp._audience_parse('everyone' || repeat(' and tag:a', 20000)));

-- inside a function the fault is shown in the expression, not in the call
DO $$ BEGIN PERFORM cdp._audience_parse('tag:a and )'); END $$;
