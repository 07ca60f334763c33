-- What the extension shows to its users explains itself, and nothing it holds widens rights.
-- Internal functions (_name) and what the server makes by itself (array and row types) are exempt.
CREATE TEMP VIEW member AS
  SELECT d.classid, d.objid, i.type, i.identity
  FROM pg_depend d
  CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, 0) i
  WHERE d.deptype = 'e' AND d.refclassid = 'pg_extension'::regclass
    AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'pg_cdp');

-- the extension has members at all, so that no answer below is empty by mistake
SELECT count(*) > 20 AS has_members FROM member;

-- functions, aggregates, types, operators, casts and schemas without a comment
SELECT type, identity FROM member m
WHERE type IN ('function', 'aggregate', 'procedure', 'type', 'operator', 'cast', 'schema', 'view',
               'operator class')
  AND identity !~ '^cdp\._'
  AND NOT (type = 'type' AND identity ~ '\[\]$')
  AND obj_description(objid, (SELECT relname FROM pg_class WHERE oid = classid)) IS NULL
ORDER BY 1, 2;

-- comments that say too little to be a manual; of input and output there is little to say
SELECT type, identity FROM member m
WHERE length(obj_description(objid, (SELECT relname FROM pg_class WHERE oid = classid))) < 10
  AND identity !~ '_(in|out|recv|send)\('
ORDER BY 1, 2;

-- functions outside schema cdp
SELECT identity FROM member WHERE type IN ('function', 'aggregate', 'procedure', 'type')
  AND identity !~ '^cdp\.' ORDER BY 1;

-- functions whose names could be caught by the caller's search_path: neither C, nor a parsed SQL
-- body, nor with a search_path of their own
SELECT m.identity FROM member m JOIN pg_proc p ON p.oid = m.objid AND m.classid = 'pg_proc'::regclass
WHERE p.prokind <> 'a' AND p.prosqlbody IS NULL
  AND p.prolang NOT IN (SELECT oid FROM pg_language WHERE lanname IN ('c', 'internal'))
  AND NOT EXISTS (SELECT FROM unnest(p.proconfig) c WHERE c LIKE 'search\_path=%')
ORDER BY 1;

-- functions that run with their owner's rights
SELECT m.identity FROM member m JOIN pg_proc p ON p.oid = m.objid AND m.classid = 'pg_proc'::regclass
WHERE p.prosecdef ORDER BY 1;

-- aggregates that cannot run in parallel, or whose state is not a storable type
SELECT m.identity FROM member m JOIN pg_aggregate a ON a.aggfnoid = m.objid
  JOIN pg_proc p ON p.oid = m.objid
WHERE m.classid = 'pg_proc'::regclass
  AND (p.proparallel <> 's' OR a.aggcombinefn = 0 OR a.aggtranstype = 'internal'::regtype)
ORDER BY 1;
