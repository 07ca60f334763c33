--| ## Numbers and dates
--| A number is a whole number of 64 bits (money in cents), a date one of the years 1 to 9999.

CREATE FUNCTION cdp._tag_is_number(value_type text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN value_type IN ('number', 'date');
COMMENT ON FUNCTION cdp._tag_is_number(text) IS 'internal: are values of this type kept in cdp.tag_number?';

CREATE FUNCTION cdp._tag_scale(value_type text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN value_type = 'date' THEN 2 ELSE cdp._tag_is_number(value_type)::int4 END;
COMMENT ON FUNCTION cdp._tag_scale(text) IS 'internal: values of this type are texts, 0, numbers, 1, or dates, 2';

CREATE FUNCTION cdp._tag_merge_rules(value_type text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE value_type WHEN 'number' THEN '{survivor,sum,min,max}'::text[] WHEN 'date' THEN '{survivor,min,max}'
                           ELSE '{survivor}' END;
COMMENT ON FUNCTION cdp._tag_merge_rules(text) IS 'internal: by which rules values of this type may merge';

CREATE FUNCTION cdp._tag_date(number int8) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN date '2000-01-01' + number::int4;
COMMENT ON FUNCTION cdp._tag_date(int8) IS 'internal: the date that a stored number means';

CREATE FUNCTION cdp._tag_number_text(value_type text, number int8) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN value_type = 'date' THEN to_char(cdp._tag_date(number), 'YYYY-MM-DD') ELSE number::text END;
COMMENT ON FUNCTION cdp._tag_number_text(text, int8) IS 'internal: a stored number, or date, as text';

CREATE FUNCTION cdp._tag_number_refuse(value text) RETURNS int8 LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'value % is not a whole number of 64 bits', value USING
        ERRCODE = 'numeric_value_out_of_range',
        HINT = 'Round it, or store a smaller unit: cents, thousandths.';
END $$;
COMMENT ON FUNCTION cdp._tag_number_refuse(text) IS 'internal: the error for a value that cannot be stored as a number';

CREATE FUNCTION cdp._tag_date_refuse(value text) RETURNS int8 LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'value % is not a date of the years 1 to 9999', value USING
        ERRCODE = 'datetime_field_overflow',
        HINT = 'Give no date (NULL) to people who have none.';
END $$;
COMMENT ON FUNCTION cdp._tag_date_refuse(text) IS 'internal: the error for a value that cannot be stored as a date';

-- Each in one expression, so that it is inlined: they are computed for every row of a query. None may be
-- declared less volatile than what it calls, which would keep it from that.
CREATE FUNCTION cdp._tag_number_read(value numeric) RETURNS int8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN value IS NULL THEN NULL
                WHEN value = trunc(value) AND value BETWEEN -9223372036854775808 AND 9223372036854775807 THEN value::int8
                ELSE cdp._tag_number_refuse(value::text) END;
COMMENT ON FUNCTION cdp._tag_number_read(numeric) IS 'internal: a number of a query as it is stored';

CREATE FUNCTION cdp._tag_number_read(value float8) RETURNS int8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN value IS NULL THEN NULL
                WHEN value = trunc(value) AND value >= -9223372036854775808::float8 AND value < 9223372036854775808::float8
                THEN value::int8
                ELSE cdp._tag_number_refuse(value::text) END;
COMMENT ON FUNCTION cdp._tag_number_read(float8) IS 'internal: a number of a query as it is stored';

CREATE FUNCTION cdp._tag_date_read(value date) RETURNS int8 LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN value IS NULL THEN NULL
                WHEN value BETWEEN date '0001-01-01' AND date '9999-12-31' THEN (value - date '2000-01-01')::int8
                ELSE cdp._tag_date_refuse(value::text) END;
COMMENT ON FUNCTION cdp._tag_date_read(date) IS 'internal: a date of a query as it is stored';

CREATE FUNCTION cdp._tag_number_of(value_type text, value text) RETURNS int8 LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF value IS NULL THEN
        RETURN NULL;
    ELSIF value_type = 'date' THEN
        IF value !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' THEN
            RAISE EXCEPTION 'value "%" is not a date', value USING
                ERRCODE = 'invalid_datetime_format', HINT = 'Write it as 2025-06-01.';
        END IF;
        RETURN cdp._tag_date_read(make_date(substr(value, 1, 4)::int4, substr(value, 6, 2)::int4, substr(value, 9, 2)::int4));
    ELSIF value !~ '^[-+]?[0-9]{1,40}([.]0*)?$' THEN
        RETURN cdp._tag_number_refuse(quote_literal(value));
    END IF;
    RETURN cdp._tag_number_read(value::numeric);
END $$;
COMMENT ON FUNCTION cdp._tag_number_of(text, text) IS 'internal: a number, or date, written as text, as it is stored';
