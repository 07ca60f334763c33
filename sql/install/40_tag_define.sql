--| ## Defining
-- The type of the values that a redefinition does not name stays, unless it was only inferred.
CREATE FUNCTION cdp.tag_define(name text, sql text DEFAULT NULL, folder text DEFAULT NULL,
    description text DEFAULT NULL, search_path text DEFAULT current_setting('search_path'),
    kind text DEFAULT NULL, value_type text DEFAULT NULL, on_merge text DEFAULT NULL,
    refresh_every interval DEFAULT NULL, ttl interval DEFAULT NULL, status text DEFAULT NULL,
    rule text DEFAULT NULL, rules jsonb DEFAULT NULL, keep_versions int4 DEFAULT NULL)
    RETURNS int4 LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    before record;
    definition text;
    id int4;
BEGIN
    PERFORM cdp._require_setup();
    PERFORM cdp._name_check('tag', name);
    PERFORM cdp._tag_word_check('kind', kind, '{manual,rule,sql,import,model}');
    PERFORM cdp._tag_word_check('value type', value_type, '{boolean,enum,multi,number,date}');
    PERFORM cdp._tag_word_check('rule of merging', on_merge, '{survivor,sum,min,max}');
    PERFORM cdp._tag_word_check('status', status, '{active,paused,archived}');
    PERFORM cdp._span_check('refresh_every of a tag', refresh_every), cdp._span_check('ttl of a tag', ttl);
    PERFORM cdp._number_check('keep_versions of a tag', keep_versions, 0, 10000);
    PERFORM cdp._query_path_check(format('tag "%s"', name), tag_define.search_path);
    kind := coalesce(kind, CASE WHEN coalesce(rule, rules::text) IS NOT NULL THEN 'rule' ELSE 'sql' END);
    sql := nullif(cdp._query_trim(sql), '');
    PERFORM cdp._tag_parts_check(name, kind, sql, rule, rules);
    IF kind = 'rule' THEN
        -- Else a definition of meanwhile could close a circle unseen.
        PERFORM cdp._merge_check_isolation();
        -- Two definitions that name each other must not pass each other unseen. Before the tag itself, as in a drop.
        PERFORM cdp._lock('definition');
    END IF;
    SELECT g.tag_id, g.kind, g.value_type INTO before FROM cdp.tag AS g WHERE g.name = tag_define.name FOR NO KEY UPDATE;
    value_type := coalesce(value_type, CASE
        WHEN kind = 'rule' THEN CASE WHEN rules IS NULL THEN 'boolean' WHEN before.value_type = 'multi' THEN 'multi' ELSE 'enum' END
        WHEN before.kind = kind AND (kind <> 'sql' OR before.value_type IN ('enum', 'number', 'date')) THEN before.value_type
        WHEN kind = 'model' THEN 'number'
        WHEN kind IN ('manual', 'import') THEN 'multi' END);
    IF kind = 'rule' THEN
        IF (rules IS NULL) <> (value_type = 'boolean') OR cdp._tag_is_number(value_type) THEN
            RAISE EXCEPTION 'values of type "%" cannot come from %', value_type, CASE WHEN rules IS NULL THEN 'one rule' ELSE 'a list of rules' END USING
                ERRCODE = 'invalid_parameter_value',
                HINT = 'One rule makes a tag of type "boolean", a list of values and rules one of type "enum" or "multi".';
        END IF;
        definition := cdp._tag_rules_check(name, rule, rules);
    ELSIF kind = 'sql' THEN
        definition := sql;
        value_type := (SELECT s.kept_as FROM cdp._query_shape(cdp._query_bind(sql, cdp._today()), tag_define.search_path, format('tag "%s"', name), true, value_type) AS s);
    END IF;
    IF on_merge <> ALL (cdp._tag_merge_rules(value_type)) THEN
        RAISE EXCEPTION 'values of type "%" do not merge by %', value_type, on_merge USING
            ERRCODE = 'invalid_parameter_value',
            HINT = format('They do by %s.', array_to_string(cdp._tag_merge_rules(value_type), ', '));
    END IF;
    IF before.kind = 'manual' AND (kind, value_type) IS DISTINCT FROM (before.kind, before.value_type)
       AND EXISTS (SELECT FROM cdp.tag_set_log AS l WHERE l.tag_id = before.tag_id) THEN
        RAISE EXCEPTION 'tag "%" was set by hand', name USING
            ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = 'As another kind or type of values it would lose what was said.',
            HINT = 'Define another tag, or drop this one first.';
    ELSIF before.kind <> kind AND kind = 'manual'
       OR before.value_type <> value_type AND (cdp._tag_is_number(before.value_type) OR cdp._tag_is_number(value_type)) THEN
        PERFORM cdp._tag_empty(before.tag_id), cdp._tag_version_prune(before.tag_id, 0);
        UPDATE cdp.tag AS g SET refreshed_at = NULL, base_date = NULL WHERE g.tag_id = before.tag_id;
    END IF;
    INSERT INTO cdp.tag AS g (name, folder, description, kind, value_type, on_merge, definition, search_path, owner,
                              refresh_every, ttl, status, keep_versions)
    VALUES (tag_define.name, coalesce(tag_define.folder, ''), coalesce(tag_define.description, ''), tag_define.kind,
            tag_define.value_type, coalesce(tag_define.on_merge, 'survivor'), definition, tag_define.search_path, current_user,
            tag_define.refresh_every, tag_define.ttl, coalesce(tag_define.status, 'active'), coalesce(tag_define.keep_versions, 0))
    ON CONFLICT ON CONSTRAINT tag_name_key DO UPDATE
       SET kind = excluded.kind, value_type = excluded.value_type, definition = excluded.definition,
           search_path = excluded.search_path, owner = excluded.owner,
           on_merge = CASE WHEN tag_define.on_merge IS NULL AND g.on_merge = ANY (cdp._tag_merge_rules(excluded.value_type))
                           THEN g.on_merge ELSE excluded.on_merge END,
           folder = coalesce(tag_define.folder, g.folder),
           description = coalesce(tag_define.description, g.description),
           refresh_every = coalesce(tag_define.refresh_every, g.refresh_every),
           ttl = coalesce(tag_define.ttl, g.ttl), status = coalesce(tag_define.status, g.status),
           keep_versions = coalesce(tag_define.keep_versions, g.keep_versions)
    RETURNING g.tag_id INTO id;
    RETURN id;
END $$;
COMMENT ON FUNCTION cdp.tag_define(text, text, text, text, text, text, text, text, interval, interval, text, text, jsonb, int4) IS
    'defines a tag: by a query of (one_id [, value]) or (id_type, id_value [, value]), by a rule or a list of values and rules, checked but not run, or of a kind that has none of these; redefined, it keeps its values until the next refresh, and what is not given stays';

CREATE FUNCTION cdp._tag_parts_check(name text, kind text, sql text, rule text, rules jsonb) RETURNS void LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    needed text := CASE kind WHEN 'sql' THEN 'a query' WHEN 'rule' THEN 'a rule, or a list of rules,' END;
BEGIN
    IF num_nonnulls(sql, rule, rules) = 0 AND needed IS NOT NULL THEN
        RAISE EXCEPTION 'tag "%" needs %', name, rtrim(needed, ',') USING
            ERRCODE = 'null_value_not_allowed',
            HINT = 'Without one, say which kind it is: kind => ''manual'', ''import'' or ''model''.';
    ELSIF (kind = 'sql') <> (sql IS NOT NULL) OR (kind = 'rule') <> (num_nonnulls(rule, rules) = 1) OR num_nonnulls(rule, rules) = 2 THEN
        RAISE EXCEPTION 'tag "%" of kind "%" has %', name, kind, coalesce(needed || ' and nothing else', 'neither query nor rule') USING
            ERRCODE = 'invalid_parameter_value',
            HINT = CASE WHEN kind IN ('import', 'model') THEN 'Queries are given to cdp.tag_import().'
                        ELSE 'A tag has one of sql, rule and rules.' END;
    END IF;
END $$;
COMMENT ON FUNCTION cdp._tag_parts_check(text, text, text, text, jsonb) IS 'internal: an error unless a definition has just what its kind needs';

CREATE FUNCTION cdp._tag_word_check(what text, word text, words text[]) RETURNS void LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF word <> ALL (words) THEN
        RAISE EXCEPTION 'unrecognized % of tags: "%"', what, word USING
            ERRCODE = 'invalid_parameter_value',
            HINT = format('It is one of %s.', array_to_string(words, ', '));
    END IF;
END $$;
COMMENT ON FUNCTION cdp._tag_word_check(text, text, text[]) IS 'internal: an error for a word that is none of these; NULL will do';

-- They stand in indexes, whose entries have little room.
CREATE FUNCTION cdp._tag_value_check(vals text[]) RETURNS void LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    longest int4 := (SELECT max(octet_length(v)) FROM unnest(vals) AS v);
BEGIN
    IF longest > 1024 THEN
        RAISE EXCEPTION 'a value of % bytes is too long for a tag', longest USING
            ERRCODE = 'program_limit_exceeded',
            DETAIL = 'Values are at most 1024 bytes long.',
            HINT = 'Give people of one kind one short value, or store long texts as attributes.';
    END IF;
END $$;
COMMENT ON FUNCTION cdp._tag_value_check(text[]) IS 'internal: an error for values that are too long';

CREATE FUNCTION cdp._name_check(what text, name text) RETURNS void LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF name IS NULL OR btrim(name) = '' OR name ~ '[[:cntrl:]]' OR length(name) > 200 THEN
        RAISE EXCEPTION 'name of % is not usable: %', what, coalesce(quote_literal(left(name, 40)), 'NULL') USING
            ERRCODE = 'invalid_name',
            DETAIL = 'A name is one line of 1 to 200 characters.';
    END IF;
END $$;
COMMENT ON FUNCTION cdp._name_check(text, text) IS 'internal: an error for a name that nobody could write again';

CREATE FUNCTION cdp._tag_empty(the_tag int4) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Else a merge under way would write rows back that it has read before.
    PERFORM cdp._merge_lock(false);
    DELETE FROM cdp.tag_value AS t WHERE t.tag_id = the_tag;
    DELETE FROM cdp.tag_number AS t WHERE t.tag_id = the_tag;
END $$;
COMMENT ON FUNCTION cdp._tag_empty(int4) IS 'internal: nobody has any value of this tag any more';

CREATE FUNCTION cdp.tag_drop(name text) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- No audience may come to use the tag between the check and its end.
    PERFORM cdp._lock('definition');
    DELETE FROM cdp.tag AS g WHERE g.tag_id = cdp._tag_id(tag_drop.name);
END $$;
COMMENT ON FUNCTION cdp.tag_drop(text) IS 'drops a tag with its values; refused while an audience or another tag uses it';
