-- Record linkage sets whose truth is in rec_id: records that agree exactly in a key are one person. The platform's
-- persons against the same keys followed by hand, in plain SQL. Runs in a folder with the data set's files, in a
-- database with the extension; prints ok or not ok.
SET client_min_messages = warning;
CREATE TABLE raw (part text, rec_id text, given_name text, surname text, street_number text, address_1 text, address_2 text,
                  suburb text, postcode text, state text, date_of_birth text, soc_sec_id text);
CREATE TABLE file (LIKE raw);
ALTER TABLE file DROP COLUMN part;
\copy file FROM 'dataset1.csv' (FORMAT csv, HEADER)
INSERT INTO raw SELECT '1', * FROM file; TRUNCATE file;
\copy file FROM 'dataset3.csv' (FORMAT csv, HEADER)
INSERT INTO raw SELECT '3', * FROM file; TRUNCATE file;
\copy file FROM 'dataset4a.csv' (FORMAT csv, HEADER)
\copy file FROM 'dataset4b.csv' (FORMAT csv, HEADER)
INSERT INTO raw SELECT '4', * FROM file;
CREATE TABLE record AS SELECT part, part || '-' || rec_id AS id, part || '-' || split_part(rec_id, '-', 2) AS person FROM raw;
CREATE TABLE key AS
    SELECT part, part || '-' || rec_id AS id, k.type, part || '|' || k.value AS value
      FROM raw, LATERAL (VALUES ('ssn', nullif(trim(soc_sec_id), '')),
        ('name_birth', lower(nullif(trim(given_name), '') || '|' || nullif(trim(surname), '') || '|' || nullif(trim(date_of_birth), ''))),
        ('home_birth', lower(nullif(trim(street_number), '') || '|' || nullif(trim(address_1), '') || '|' || nullif(trim(date_of_birth), '')))) AS k (type, value)
     WHERE k.value IS NOT NULL;
\ir follow_keys.sql
SELECT compare(part) FROM unnest('{1,3,4}'::text[]) AS part;
