--| ## Steps by name
--| Steps and exclusions of funnels over stored timelines may name events, properties and what a property
--| says: `cdp.funnel_step_codes('view, cart, pay[value >= 10000 and channel = ads]')`.

CREATE FUNCTION cdp.funnel_step_codes(steps text) RETURNS text LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    asked record;
    values_found jsonb := '{}';
BEGIN
    PERFORM cdp._require_setup();
    -- These know what to say of a name that does not exist.
    PERFORM cdp._event_codes(ARRAY(SELECT n.name FROM cdp.funnel_step_names(steps) AS n WHERE n.kind = 'event'));
    PERFORM cdp.property_slot(n.name) FROM cdp.funnel_step_names(steps) AS n WHERE n.kind = 'property';
    FOR asked IN
        SELECT n.property, n.name, CASE WHEN n.property ~ '^p[1-4]$' THEN substr(n.property, 2)::int4
                                        ELSE cdp.property_slot(n.property) END AS slot
          FROM cdp.funnel_step_names(steps) AS n WHERE n.kind = 'value'
    LOOP
        values_found := jsonb_set(values_found, ARRAY[asked.property],
                                  coalesce(values_found -> asked.property, '{}')
                                  || jsonb_build_object(asked.name, cdp._property_code_known(asked.property, asked.slot, asked.name)));
    END LOOP;
    RETURN cdp.funnel_step_codes(steps, jsonb_build_object(
        'event', (SELECT jsonb_object_agg(t.name, t.code) FROM cdp.event_type AS t
                   WHERE t.name IN (SELECT n.name FROM cdp.funnel_step_names(steps) AS n WHERE n.kind = 'event')),
        'property', (SELECT jsonb_object_agg(p.name, p.slot) FROM cdp.event_property AS p),
        'value', values_found));
END $$;
COMMENT ON FUNCTION cdp.funnel_step_codes(text) IS
    'steps or exclusions of a funnel with the names of events, of properties and of what they say replaced by the numbers that stored timelines have; an error for one that does not exist';
