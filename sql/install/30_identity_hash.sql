--| ## Keyed hashes
--| Where a value must not be kept, a keyed hash of it can be: it tells whether two are the same, and nobody
--| without `cdp.secret` can compute it or try a guess. Whoever may read that table may try every phone number
--| there is, so it is granted to nobody.

CREATE FUNCTION cdp._keyed_hash(key bytea, message bytea) RETURNS bytea
    AS 'MODULE_PATHNAME', 'cdp__keyed_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 30;
COMMENT ON FUNCTION cdp._keyed_hash(bytea, bytea) IS 'internal: HMAC-SHA256 of a message';

CREATE FUNCTION cdp._secret_key() RETURNS bytea LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found bytea := (SELECT s.key FROM cdp.secret AS s WHERE s.name = 'identifier');
BEGIN
    IF found IS NULL THEN
        RAISE EXCEPTION 'the key of identifiers is missing' USING
            ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = 'Hashed values and tombstones of erased people are found by it alone.',
            HINT = 'Restore the rows of cdp.secret from the backup that the other tables came from.';
    END IF;
    RETURN found;
END $$;
COMMENT ON FUNCTION cdp._secret_key() IS 'internal: the key under which identifiers are hashed';

CREATE FUNCTION cdp._setup_identity_hash() RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM cdp._table_ensure('secret', 'keys of hashes: to be read by nobody but the owner, and never changed', ARRAY[
        ['name', 'text COLLATE "C" PRIMARY KEY', 'what the key is for'],
        ['key', 'bytea NOT NULL', 'the key: 32 random bytes']]);
    -- Another key would find nothing of what was hashed under the one that is gone.
    IF NOT EXISTS (SELECT FROM cdp.secret AS s WHERE s.name = 'identifier') AND to_regclass('cdp.erased') IS NOT NULL THEN
        IF EXISTS (SELECT FROM cdp.erased) OR EXISTS (SELECT FROM cdp.identifier AS i WHERE i.value LIKE 'hmac:%') THEN
            PERFORM cdp._secret_key();
        END IF;
    END IF;
    -- A random uuid has 122 bits that cannot be guessed.
    INSERT INTO cdp.secret (name, key)
    VALUES ('identifier', sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())))
    ON CONFLICT (name) DO NOTHING;
END $$;
COMMENT ON FUNCTION cdp._setup_identity_hash() IS 'internal: makes the table of keys, and the key of identifiers';

-- No text has a zero byte in it: type and value cannot run into each other. The same in every database, but where
-- nobody knows what the bytes mean.
CREATE FUNCTION cdp._identifier_hash(key bytea, type text, value text) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
    RETURN cdp._keyed_hash(key, convert_to(type, CASE getdatabaseencoding() WHEN 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END)
        || decode('00', 'hex') || convert_to(value, CASE getdatabaseencoding() WHEN 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END));
COMMENT ON FUNCTION cdp._identifier_hash(bytea, text, text) IS
    'internal: the keyed hash of an identifier, type and value in one spelling; in one expression, for many';

CREATE FUNCTION cdp._identifier_hash(type text, value text) RETURNS bytea LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN cdp._identifier_hash(cdp._secret_key(), type, value);
END $$;
COMMENT ON FUNCTION cdp._identifier_hash(text, text) IS
    'internal: the keyed hash of an identifier, type and value in one spelling';
