# Whatever is made of bitmaps in a database comes back from a dump, byte for byte, in each of its
# formats, and COPY BINARY moves values without believing what it reads.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/lib";
use CdpNode;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = cdp_node('main');
my $folder = $node->basedir;
$node->safe_psql('postgres', 'CREATE DATABASE shop');
$node->safe_psql('shop', 'CREATE EXTENSION pg_cdp');
$node->safe_psql('shop', <<'SQL');
    CREATE DOMAIN audience AS cdp.roaringbitmap CHECK (cdp.rb_cardinality(VALUE) < 100000000);
    CREATE TYPE slice AS (name text, members cdp.roaringbitmap);
    CREATE TABLE held (
        id int PRIMARY KEY,
        members cdp.roaringbitmap DEFAULT '{1,2,4294967}',
        wide cdp.roaringbitmap64 DEFAULT '{1,-1,4294967296}',
        runs cdp.roaringbitmap DEFAULT cdp.rb_fill('{}', 5, 100000),
        several cdp.roaringbitmap[] DEFAULT ARRAY['{1}', '{}']::cdp.roaringbitmap[],
        several_wide cdp.roaringbitmap64[],
        part slice DEFAULT ROW('none', '{}'),
        reach audience,
        size int8 GENERATED ALWAYS AS (cdp.rb_cardinality(members)) STORED,
        CONSTRAINT somebody CHECK (members OPERATOR(cdp.<>) '{}'),
        CONSTRAINT not_seven CHECK (NOT wide OPERATOR(cdp.@>) 7::int8)
    );
    INSERT INTO held (id) VALUES (1);
    -- every kind of container; one value above all limits of a page, one with all there is
    INSERT INTO held
    SELECT 2, cdp.rb_or_agg(b), cdp.rb64_or_agg(cdp.rb64_shiftright(b::cdp.roaringbitmap64, 1::int8 << 40)),
           '{}', array_agg(b), array_agg(b::cdp.roaringbitmap64), ROW('all', cdp.rb_or_agg(b))::slice, cdp.rb_or_agg(b)
      FROM (SELECT cdp.rb_build_agg((i * 7919 % 3000000)::int4) FROM generate_series(1, 100000) i
            UNION ALL SELECT cdp.rb_build_agg(i) FROM generate_series(5000000, 5400000, 3) i
            UNION ALL SELECT cdp.rb_runoptimize(cdp.rb_fill('{-1}', 10000000, 10800000))) made(b);
    INSERT INTO held (id, members, wide) VALUES (3, cdp.rb_fill('{}', 0, 4294967296), cdp.rb64_fill('{}', -5, 0)), (4, NULL, NULL);
    CREATE INDEX held_order ON held (members) WHERE id = 1;
    CREATE INDEX held_hash ON held USING hash (members);
    CREATE INDEX held_wide_order ON held (wide) WHERE id = 1;
    CREATE INDEX held_wide_hash ON held USING hash (wide);
    CREATE INDEX held_size ON held (cdp.rb_cardinality(members), cdp.rb64_cardinality(wide));
    CREATE INDEX held_likes ON held (id) WHERE members OPERATOR(cdp.@>) '{2}'::cdp.roaringbitmap;
    ALTER TABLE held ALTER members SET STATISTICS 10;
    -- sets as keys
    CREATE TABLE combination (tags cdp.roaringbitmap PRIMARY KEY, name text);
    INSERT INTO combination VALUES ('{}', 'nothing'), ('{1,2}', 'both'), ('{2}', 'second');
    CREATE TABLE person (tags cdp.roaringbitmap DEFAULT '{2}' REFERENCES combination, name text);
    INSERT INTO person SELECT tags, name || '!' FROM combination;
    CREATE TABLE parted (tags cdp.roaringbitmap, n int) PARTITION BY HASH (tags);
    CREATE TABLE parted_0 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 0);
    CREATE TABLE parted_1 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 1);
    INSERT INTO parted SELECT cdp.rb_build(ARRAY[i, i * i]), i FROM generate_series(1, 100) i;
    CREATE TABLE ranged (tags cdp.roaringbitmap) PARTITION BY RANGE (tags);
    CREATE TABLE ranged_low PARTITION OF ranged FOR VALUES FROM (MINVALUE) TO ('{5}');
    CREATE TABLE ranged_high PARTITION OF ranged FOR VALUES FROM ('{5}') TO (MAXVALUE);
    INSERT INTO ranged VALUES ('{4,9}'), ('{5}'), ('{6}');
    CREATE VIEW overview AS
    SELECT id, cdp.rb_cardinality(members OPERATOR(cdp.&) '{1,2,3}'::cdp.roaringbitmap) AS shared,
           wide OPERATOR(cdp.|) '{9}'::cdp.roaringbitmap64 AS more
      FROM held WHERE members OPERATOR(cdp.&&) '{1,5000000}'::cdp.roaringbitmap;
    CREATE MATERIALIZED VIEW together AS
    SELECT cdp.rb_or_agg(members) FILTER (WHERE id < 3) AS members, cdp.rb64_build_agg(id::int8) AS ids FROM held;
    CREATE FUNCTION inside(id int4, members cdp.roaringbitmap DEFAULT '{3,4}') RETURNS bool
        LANGUAGE sql BEGIN ATOMIC RETURN id OPERATOR(cdp.<@) members; END;
    CREATE FUNCTION no_three() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
    CREATE TRIGGER refuse BEFORE INSERT ON combination FOR EACH ROW
        WHEN (NEW.tags OPERATOR(cdp.@>) 3) EXECUTE FUNCTION no_three();
    CREATE STATISTICS held_together ON size, (cdp.rb_min(members)) FROM held;
    ANALYZE;
SQL

# All values, by their bytes; and what the definitions say, by their effect.
my $values = <<'SQL';
    SELECT id, md5(members::bytea), md5(wide::bytea), md5(runs::bytea), md5(several::text), md5(several_wide::text),
           md5(part::text), md5(reach::bytea), size FROM held ORDER BY id;
    SELECT tags, name FROM combination ORDER BY tags;
    SELECT tags, name FROM person ORDER BY tags;
    SELECT tableoid::regclass, count(*), sum(n) FROM parted GROUP BY 1 ORDER BY 1;
    SELECT tableoid::regclass, tags FROM ranged ORDER BY tags;
    SELECT id, shared, md5(more::bytea) FROM overview ORDER BY id;
    SELECT md5(members::bytea), ids FROM together;
    SELECT inside(3), inside(5), inside(7, '{7}');
SQL
# The same by content, for a dump whose values went through their lists.
my $contents = $values =~ s/md5\((\w+)::bytea\)/md5($1::text)/gr;
my $definitions = <<'SQL';
    SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1;
    SELECT conrelid::regclass, pg_get_constraintdef(oid) FROM pg_constraint
     WHERE connamespace = 'public'::regnamespace ORDER BY conrelid::regclass::text, 2;
    SELECT adrelid::regclass, adnum, pg_get_expr(adbin, adrelid) FROM pg_attrdef ORDER BY 1, 2;
    SELECT pg_get_viewdef('overview'), pg_get_viewdef('together'), pg_get_functiondef('inside'::regproc);
    SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal;
    SELECT relname, pg_get_expr(relpartbound, oid) FROM pg_class WHERE relispartition ORDER BY 1;
SQL
my %before = map { $_ => $node->safe_psql('shop', $_) } $values, $definitions;

sub restored {
    my ($database, $what) = @_;
    is($node->safe_psql($database, $values), $before{$values}, "$what: values");
    is($node->safe_psql($database, $definitions), $before{$definitions}, "$what: definitions");
    my (undef, undef, $error) = $node->psql($database, "INSERT INTO held (id, members) VALUES (9, '{}')");
    like($error, qr/violates check constraint "somebody"/, "$what: constraints hold");
    like($node->safe_psql($database, "SET enable_seqscan = off; EXPLAIN SELECT FROM held WHERE members OPERATOR(cdp.=) '{5}'"),
        qr/held_hash/, "$what: indexes serve");
    return;
}

$node->safe_psql('postgres', "CREATE DATABASE $_") for qw(plain custom listed);
$node->command_ok([ 'pg_dump', '-f', "$folder/plain.sql", $node->connstr('shop') ], 'plain dump');
$node->command_ok([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-f', "$folder/plain.sql", $node->connstr('plain') ], 'plain restore');
restored('plain', 'plain');
$node->command_ok([ 'pg_dump', '-Fc', '-f', "$folder/custom.dump", $node->connstr('shop') ], 'custom dump');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('custom'), "$folder/custom.dump" ], 'custom restore');
restored('custom', 'custom');

# Who set lists for reading dumps lists; the sets are the same. (The value with all there is would be
# a list of 40 GB.)
$node->safe_psql('shop', 'DELETE FROM held WHERE id = 3; REFRESH MATERIALIZED VIEW together');
my $lists = "SET cdp.bitmap_output = 'array'; $contents";
{
    local $ENV{PGOPTIONS} = '-c cdp.bitmap_output=array';
    $node->command_ok([ 'pg_dump', '--inserts', '-f', "$folder/listed.sql", $node->connstr('shop') ], 'dump of lists');
}
like(slurp_file("$folder/listed.sql"), qr/\QINSERT INTO public.combination VALUES ('{1,2}', 'both')\E/, 'it has lists');
$node->command_ok([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-f', "$folder/listed.sql", $node->connstr('listed') ], 'restore of lists');
is($node->safe_psql('listed', $lists), $node->safe_psql('shop', $lists), 'lists: the same sets');

# COPY BINARY.
my $copy = "$folder/held.copy";
$node->safe_psql('custom', <<"SQL");
    COPY held (id, members, wide, runs, several, several_wide, part, reach) TO '$copy' (FORMAT binary);
    CREATE TABLE again (LIKE held INCLUDING ALL);
    COPY again (id, members, wide, runs, several, several_wide, part, reach) FROM '$copy' (FORMAT binary);
SQL
is($node->safe_psql('custom', $values =~ s/held/again/r), $before{$values}, 'COPY BINARY out and in: the same bytes');
sub copied {
    my ($bytes, $column) = @_;
    $node->safe_psql('custom', "COPY (SELECT 1, '$bytes'::bytea) TO '$copy' (FORMAT binary); DELETE FROM again");
    my (undef, undef, $error) = $node->psql('custom', "COPY again (id, $column) FROM '$copy' (FORMAT binary)");
    return $error || $node->safe_psql('custom', "SELECT $column FROM again");
}
like(copied('', $_), qr/empty roaring bitmap binary data/, "no bytes as $_") for qw(members wide);
like(copied('\xdeadbeef00000000', $_), qr/bitmap format is error/, "other bytes as $_") for qw(members wide);
like(copied('\x3a3000000100000000000100100000000500', 'members'), qr/bitmap format is error/, 'cut short');
like(copied('\x3a30000001000000000001001000000005000300', 'members'), qr/bitmap format is error: /, 'not ascending');
is(copied('\x3a300000010000000000000010000000050077777777', 'members'), '\x3a3000000100000000000000100000000500', 'junk behind the end goes');
is(copied('\x3a3000000100000000000000110000000500', 'members'), '\x3a3000000100000000000000100000000500', 'a wrong offset is put right');

$node->stop;
done_testing();
