# Statements with long calls end soon after they are told to, wherever in a call that meets them, and
# the backend goes on in good health. What is asked for here would run for many seconds, often for
# minutes.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/lib";
use CdpNode;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $node = cdp_node('main', "search_path = 'public, cdp'", 'max_parallel_workers_per_gather = 0', 'fsync = off');

# It has seconds to end: a slow or busy machine is no failure.
my $patience_s = 4;
sub ends_when_told {
    my ($what, $sql, $timeout_ms) = @_;
    $timeout_ms //= 300;
    my $started = time;
    my (undef, undef, $error) = $node->psql('postgres', "SET statement_timeout = $timeout_ms; $sql");
    my $took = time - $started;
    like($error, qr/canceling statement due to statement timeout/, "$what: is cancelled");
    cmp_ok($took, '<', $patience_s, "$what: soon");
    return;
}

# `solid` is one run in each container, `mixed` has containers of all kinds, some 60 MB of them.
$node->safe_psql('postgres', <<'SQL');
    CREATE TABLE again AS SELECT generate_series(1, 2000) AS n;
    CREATE TABLE value AS SELECT 'solid' AS name, rb_fill('{}', 0, 4294967296) AS b;
    INSERT INTO value
    SELECT 'mixed', rb_or_agg(rb_shiftright(b, n * 4194304::int8))
      FROM (SELECT rb_or(rb_build_agg((i * 3)::int4), rb_runoptimize(rb_fill('{}', 3000000, 3500000))) AS b FROM generate_series(1, 800000) i) s,
           generate_series(0, 1023) n;
    CREATE TABLE wide AS SELECT name, b::roaringbitmap64 AS b FROM value;
    -- the bytes of others: with a table of offsets that leads elsewhere
    CREATE TABLE foreign_bytes AS
    SELECT overlay(v placing bytea '\x01020304' from 5 + (n + 7) / 8 + 4 * n) AS v, '\x010000000000000000000000'::bytea AS one_bucket
      FROM (SELECT b::bytea AS v FROM value WHERE name = 'mixed') s, LATERAL (SELECT get_byte(v, 2) + 256 * get_byte(v, 3) + 1 AS n) t;
    CREATE TABLE sparse AS SELECT rb64_build_agg(hashint8extended(i, 1)) AS b FROM generate_series(1, 300000) i;
    CREATE TABLE numbers AS SELECT array_agg(hashint4(i)) AS a FROM generate_series(1, 1000000) i;
    ANALYZE;
SQL
cmp_ok($node->safe_psql('postgres', "SELECT length(b::bytea) FROM value WHERE name = 'mixed'"), '>', 50000000, 'large values');

# One call, or the rows of one call: only what the call itself looks for can end it in time.
ends_when_told('rb64_fill', "SELECT rb64_cardinality(rb64_fill('{}', n, 4000000000000)) FROM again");
ends_when_told('rb64_flip', "SELECT rb64_cardinality(rb64_flip('{}', n, 4000000000000)) FROM again");
ends_when_told('rb_iterate, select list', "SELECT count(*) FROM (SELECT rb_iterate(b) FROM value WHERE name = 'solid') s");
ends_when_told('rb_iterate, FROM', "SELECT sum(i) FROM value, rb_iterate(b) i WHERE name = 'solid'");
ends_when_told('rb64_iterate', "SELECT count(*) FROM (SELECT rb64_iterate(b) FROM wide WHERE name = 'solid') s");
ends_when_told('rb_build_agg', 'SELECT rb_build_agg(hashint4(i)) FROM generate_series(1, 100000000) i');
ends_when_told('rb64_build_agg', 'SELECT rb64_build_agg(hashint8extended(i, 1)) FROM generate_series(1, 100000000) i');

# Calls over a large value, each a fraction of a second, again and again: the wish meets them
# anywhere. That each of them listens is the matter of the unit tests, which count.
my %unary = (
    'rb_flip' => 'rb_flip(b, n, 4294967296)', 'rb_fill' => 'rb_fill(b, n, 300000000)', 'rb_clear' => 'rb_clear(b, n, 300000000)',
    'rb_range' => 'rb_range(b, n, 4294967296)', 'rb_select' => 'rb_select(b, 1000000000, n, true)',
    'rb_shiftright' => 'rb_shiftright(b, n)', 'rb_shiftleft' => 'rb_shiftleft(b, n)', 'rb_sample' => 'rb_sample(b, 50000000, n)',
    'rb_remap' => 'rb_remap(b, a, a)', 'rb_runoptimize' => 'rb_runoptimize(b)', 'rb_build' => 'rb_build(a || n)',
    'rb_chunks' => '(SELECT count(*) FROM rb_chunks(b, n % 33))', 'rb_stats' => 'rb_stats(rb_add(b, n))',
    'rb_to_array' => 'rb_to_array(rb_clear(b, 300000000, 300000000 + n))', 'rb_hash' => 'rb_hash(rb_add(b, n))',
    'text out' => "rb_range(b, n, 300000000)::text", 'to 64 bits' => 'rb_add(b, n)::roaringbitmap64',
);
my %unary64 = (
    'rb64_clear' => 'rb64_clear(b, n, 300000000)', 'rb64_range' => 'rb64_range(b, n, 0)', 'rb64_select' => 'rb64_select(b, 1000000000, n, true)',
    'rb64_shiftright' => 'rb64_shiftright(b, n)', 'rb64_runoptimize' => 'rb64_runoptimize(b)', 'rb64_build' => 'rb64_build((a || n)::int8[])',
    'rb64_to_array' => 'rb64_to_array(rb64_clear(b, 300000000, 300000000 + n))', 'text out, 64 bits' => 'rb64_range(b, n, 300000000)::text',
);
my %binary = (
    map({ ("rb_$_" => "rb_$_(x.b, rb_add(y.b, n))") } qw(and or xor andnot and_cardinality or_cardinality contains intersect equals cmp jaccard)),
    'rb_and_many' => 'rb_and_many(ARRAY[x.b, y.b, rb_add(x.b, n)])', 'rb_or_many' => 'rb_or_many(ARRAY[x.b, y.b, rb_add(x.b, n)])',
    'rb_or_many_cardinality' => 'rb_or_many_cardinality(ARRAY[x.b, y.b, rb_add(x.b, n)])',
);
$binary{'nested count'} = 'rb_cardinality(rb_andnot(rb_and(rb_or(x.b, y.b), rb_add(x.b, n)), rb_xor(y.b, x.b)))';
my %aggregate = map { $_ => $_ } map { ("rb_${_}_agg", "rb_${_}_cardinality_agg") } qw(or and xor);
my $lists = "SET cdp.bitmap_output = 'array';";
my $early_ms = 120;
ends_when_told($_, "$lists SELECT count($unary{$_}) FROM value, numbers, again WHERE name = 'mixed'", $early_ms) for sort keys %unary;
ends_when_told($_, "$lists SELECT count($unary64{$_}) FROM wide, numbers, again WHERE name = 'mixed'", $early_ms) for sort keys %unary64;
ends_when_told($_, "SELECT count($binary{$_}) FROM value x, value y, again WHERE x.name = 'mixed' AND y.name = 'mixed'", $early_ms) for sort keys %binary;
ends_when_told("rb64_$_", "SELECT count(rb64_$_(x.b, rb64_add(y.b, n))) FROM wide x, wide y, again WHERE x.name = 'mixed' AND y.name = 'mixed'", $early_ms)
  for qw(and or xor andnot and_cardinality contains equals);
ends_when_told("rb64_$_, sparse", "SELECT count(rb64_$_(x.b, rb64_add(y.b, n))) FROM sparse x, sparse y, again", $early_ms) for qw(and or and_cardinality);
ends_when_told($_, "SELECT $_(rb_add(b, n)) FROM value, again WHERE name = 'mixed'", $early_ms) for sort keys %aggregate;
ends_when_told('nested count, 64 bits', "SELECT count(rb64_cardinality(rb64_andnot(rb64_and(rb64_or(x.b, y.b), rb64_add(x.b, n)), rb64_xor(y.b, x.b)))) FROM wide x, wide y, again WHERE x.name = 'mixed' AND y.name = 'mixed'", $early_ms);
ends_when_told('bytes of others', 'SELECT count(v::roaringbitmap) FROM foreign_bytes, again', $early_ms);
ends_when_told('bytes of others, 64 bits', 'SELECT count((one_bucket || v)::roaringbitmap64) FROM foreign_bytes, again', $early_ms);
ends_when_told('rb64_or_agg', "SELECT rb64_or_agg(rb64_add(b, n)) FROM wide, again WHERE name = 'mixed'", $early_ms);

# Asked by somebody else.
{
    my ($out, $err) = ('', '');
    my $psql = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres'), '-c', "SELECT count(*) FROM (SELECT rb_iterate(b) FROM value WHERE name = 'solid') s" ],
        '<', \undef, '>', \$out, '2>', \$err);
    $node->poll_query_until('postgres', "SELECT count(*) = 1 FROM pg_stat_activity WHERE query ~ 'SELECT rb_iterate' AND pid <> pg_backend_pid() AND state = 'active'")
      or die 'the call did not start';
    my $started = time;
    $node->safe_psql('postgres', "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query ~ 'SELECT rb_iterate' AND pid <> pg_backend_pid()");
    $psql->finish;
    cmp_ok(time - $started, '<', $patience_s, 'pg_cancel_backend: soon');
    like($err, qr/canceling statement due to user request/, 'pg_cancel_backend: is cancelled');
}
# The backend and its memory are well afterwards: the same session goes on.
is($node->safe_psql('postgres', <<'SQL'), "cancelled\n3\nt", 'the session goes on');
    SET statement_timeout = 300;
    DO $$
    BEGIN
        PERFORM rb64_fill('{}', n, 4000000000000) FROM again;
    EXCEPTION WHEN query_canceled THEN
        CREATE TEMP TABLE said AS SELECT 'cancelled' AS what;
    END $$;
    SET statement_timeout = 0;
    SELECT what FROM said;
    SELECT rb_or_cardinality_agg(b) FROM (VALUES ('{1,2}'::roaringbitmap), ('{2,3}')) v(b);
    SELECT sum(total_bytes) < 100000000 FROM pg_backend_memory_contexts;
SQL
$node->stop;
done_testing();
