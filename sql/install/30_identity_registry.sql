--| ## Registry of types
--| `cdp.id_type` says of every type how strong it is, how its values are spelled, and which guards hold. It is a
--| table like any other: rows are added and changed by `INSERT` and `UPDATE`, best before data of the type comes.

-- Limits are generous: who has more is a shop, an agent or a mistake. Strong identifiers are few; devices and
-- browsers come and go, and have a limit only against what no person can have.
CREATE FUNCTION cdp._id_type_seed() RETURNS void LANGUAGE sql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO cdp.id_type (type_id, name, rank, normaliser, max_per_person, neighbour_limit, description)
    SELECT row_number() OVER (ORDER BY s.rank), s.name, s.rank, s.normaliser, s.max_per_person,
           -- Nobody has many accounts of a kind, whoever orders for others does. Devices and cookies come and go.
           CASE WHEN s.rank < 100 THEN 10 END, s.description
      FROM (VALUES
        ('member_id', 10, 'trim', 2, 'number in the brand''s own membership'),
        ('registered_id', 15, 'trim', 3, 'account of the App or site'),
        ('unionid', 20, 'trim', 3, 'WeChat: one subject over all apps of an open-platform account'),
        ('phone', 30, 'trim', 3, 'mobile number'),
        ('wecom_external_userid', 35, 'trim', 3, 'WeCom (WeChat Work): external contact'),
        ('openid_mp', 40, 'trim', 3, 'WeChat: subject within a Mini Program'),
        ('openid_oa', 50, 'trim', 3, 'WeChat: subject within an Official Account'),
        ('openid_app', 55, 'trim', 3, 'WeChat: subject within an App'),
        ('taobao_id', 60, 'trim', 4, 'Tmall and Taobao: buyer'),
        ('jd_id', 70, 'trim', 4, 'JD: buyer (pin)'),
        ('douyin_id', 80, 'trim', 4, 'Douyin: buyer or follower (open_id)'),
        ('youzan_id', 85, 'trim', 4, 'Youzan: buyer (yz_open_id)'),
        ('pos_card', 88, 'trim', 10, 'card shown in a store'),
        ('email', 90, 'trim', 4, 'e-mail address'),
        ('device_id', 100, 'trim', 40, 'device: IDFA, OAID, IMEI'),
        ('cookie_id', 110, 'trim', 300, 'browser'),
        ('anonymous_id', 120, 'trim', 300, 'visitor before any login')) AS s (name, rank, normaliser, max_per_person, description)
$$;
COMMENT ON FUNCTION cdp._id_type_seed() IS 'internal: the types of identifiers that every new platform knows';
