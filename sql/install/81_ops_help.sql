CREATE FUNCTION cdp.help(about text DEFAULT '') RETURNS TABLE (name text, arguments text, returns text, description text)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 50 SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
    SELECT p.proname, pg_get_function_arguments(p.oid),
           CASE p.prokind WHEN 'a' THEN 'aggregate: ' ELSE '' END || pg_get_function_result(p.oid),
           obj_description(p.oid, 'pg_proc')
      FROM pg_proc AS p
     WHERE p.pronamespace = 'cdp'::regnamespace
       -- What serves types, operators and aggregates is not for calling.
       AND p.proname !~ '^_|_(trans|combine|final|in|out|send|recv|support)$'
       AND (p.proname ILIKE '%' || about || '%' OR obj_description(p.oid, 'pg_proc') ILIKE '%' || about || '%')
     ORDER BY p.proname, 2;
END;
COMMENT ON FUNCTION cdp.help(text) IS
    'the functions of the extension whose name or description contains a text, each with what it does';
