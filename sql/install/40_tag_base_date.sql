--| ## The day that is meant
--| Wherever the query of a tag says `:base_date`, the day is put that the refresh is for: today, or the one
--| that was asked for. Texts, quoted names, comments and casts are left alone.

CREATE FUNCTION cdp._today() RETURNS date LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (now() AT TIME ZONE cdp.setting('time_zone'))::date;
END $$;
COMMENT ON FUNCTION cdp._today() IS 'internal: the date now, where the business is';

-- Token by token as the server reads SQL: only so is it known what stands in quotes. The day becomes a constant
-- of type date, so that plans know it.
CREATE FUNCTION cdp._query_bind(query text, base_date date) RETURNS text LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    name_part constant text := E'(?:[A-Za-z0-9_]|[^\\x01-\\x7f])';
    bound constant text := format('(%L::pg_catalog.date)', to_char(base_date, 'YYYY-MM-DD'));
    rest text := query;
    done text := '';
    token text;
    opened int4;
    closed int4;
    depth int4;
BEGIN
    IF strpos(query, ':base_date') = 0 THEN
        RETURN rest;
    END IF;
    WHILE rest <> '' LOOP
        IF starts_with(rest, '/*') THEN
            token := '/*';
            depth := 1;
            WHILE depth > 0 LOOP
                opened := strpos(substr(rest, length(token) + 1), '/*');
                closed := strpos(substr(rest, length(token) + 1), '*/');
                IF closed = 0 THEN
                    token := rest;
                    EXIT;
                ELSIF opened > 0 AND opened < closed THEN
                    depth := depth + 1;
                    token := left(rest, length(token) + opened + 1);
                ELSE
                    depth := depth - 1;
                    token := left(rest, length(token) + closed + 1);
                END IF;
            END LOOP;
        ELSIF rest ~ '^[eE]''' THEN
            token := coalesce(substring(rest from E'^([eE]\'(?:[^\'\\\\]|\\\\.|\'\')*\')'), rest);
        ELSIF rest ~ ('^[$](?:[A-Za-z_](?:' || name_part || ')*)?[$]') OR rest ~ E'^[$][^\\x01-\\x7f]' THEN
            token := coalesce(substring(rest from ('^[$](?:' || name_part || ')*[$]')), '$');
            closed := strpos(substr(rest, length(token) + 1), token);
            token := CASE WHEN token = '$' THEN token WHEN closed = 0 THEN rest ELSE left(rest, length(token) * 2 + closed - 1) END;
        -- After a number or a bracket the colon is that of a slice of an array.
        ELSIF rest ~ ('^:base_date(?!' || name_part || '|[$])') AND right(done, 1) !~ '[])0-9]' THEN
            done := done || bound;
            rest := substr(rest, 11);
            CONTINUE;
        ELSE
            token := coalesce(
                substring(rest from ('^(?:' || name_part || ')(?:' || name_part || '|[$])*')),
                substring(rest from '^''[^'']*(?:''|$)'), substring(rest from '^"[^"]*(?:"|$)'),
                substring(rest from E'^--[^\\n\\r]*'), substring(rest from '^::'), left(rest, 1));
        END IF;
        done := done || token;
        rest := substr(rest, length(token) + 1);
    END LOOP;
    RETURN done;
END $$;
COMMENT ON FUNCTION cdp._query_bind(text, date) IS 'internal: a query with this day in place of :base_date';
