--| ## Steps by name
--| Steps and exclusions of funnels over stored timelines may name events, properties and what a property
--| says: `cdp.funnel_step_codes('view, cart, pay[value >= 10000 and channel = ads]')`.

CREATE FUNCTION cdp.funnel_step_codes(steps text) RETURNS text LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._require_setup();
    -- These know what to say of a name that does not exist.
    PERFORM cdp._event_codes(ARRAY(SELECT n.name FROM cdp.funnel_step_names(steps) AS n WHERE n.kind = 'event'));
    PERFORM cdp.property_slot(n.name) FROM cdp.funnel_step_names(steps) AS n WHERE n.kind = 'property';
    RETURN cdp.funnel_step_codes(steps, jsonb_build_object(
        'event', (SELECT jsonb_object_agg(t.name, t.code) FROM cdp.event_type AS t
                   WHERE t.name IN (SELECT n.name FROM cdp.funnel_step_names(steps) AS n WHERE n.kind = 'event')),
        'property', (SELECT jsonb_object_agg(p.name, p.slot) FROM cdp.event_property AS p),
        'value', (SELECT jsonb_object_agg(v.property, v.codes)
                    FROM (SELECT n.property, jsonb_object_agg(n.name, cdp._property_code_known(n.property,
                                     CASE WHEN n.property ~ '^p[1-4]$' THEN substr(n.property, 2)::int4 ELSE cdp.property_slot(n.property) END, n.name)) AS codes
                            FROM cdp.funnel_step_names(steps) AS n WHERE n.kind = 'value' GROUP BY 1) AS v)));
END $$;
COMMENT ON FUNCTION cdp.funnel_step_codes(text) IS
    'steps or exclusions of a funnel with the names of events, of properties and of what they say replaced by the numbers that stored timelines have; an error for one that does not exist';
