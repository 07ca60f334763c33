# A server that is killed in the middle of ingest(), id_resolve(), timeline_refresh() or person_erase() loses nothing: the
# repetition comes to exactly what an undisturbed run comes to, numbers included.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/lib";
use CdpNode;
use CdpSpace;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);

my $node = cdp_node('main', "timezone = 'UTC'", 'restart_after_crash = on');
my $ingest = 'SELECT * FROM cdp.ingest()';
my $resolve = 'SELECT * FROM cdp.id_resolve()';
my $refresh = 'SELECT * FROM cdp.timeline_refresh()';

sub new_space {
    my ($name) = @_;
    $node->safe_psql('postgres', "CREATE DATABASE $name");
    $node->safe_psql($name, "CREATE EXTENSION pg_cdp; SELECT cdp.setup('UTC');");
    $node->safe_psql($name, space_land(1) . "$ingest; $resolve;");
    $node->safe_psql($name, <<'SQL');
        SELECT cdp.tag_define('phone', $$SELECT one_id FROM cdp.v_identity WHERE type = 'phone'$$);
        SELECT * FROM cdp.tag_refresh('phone');
SQL
    $node->safe_psql($name, space_land(2));
    return;
}

# Runs the statement until it writes to the table, and kills the backend there.
sub kill_at {
    my ($database, $statement, $table) = @_;
    $node->safe_psql($database, <<"SQL");
        CREATE FUNCTION wait_here() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(600); RETURN NULL; END';
        CREATE TRIGGER a_wait_here BEFORE INSERT OR UPDATE OR DELETE ON cdp.$table FOR EACH STATEMENT EXECUTE FUNCTION wait_here();
SQL
    my ($out, $err) = ('', '');
    my $psql = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr($database), '-c', $statement ], '<', \undef, '>', \$out, '2>', \$err);
    my $there = "datname = '$database' AND wait_event = 'PgSleep'";
    $node->poll_query_until('postgres', "SELECT count(*) = 1 FROM pg_stat_activity WHERE $there")
      or die "never came to $table: $out $err";
    my $pid = $node->safe_psql('postgres', "SELECT pid FROM pg_stat_activity WHERE $there");
    kill 'KILL', $pid;
    $psql->finish;
    # Reaped, it has been noticed: from here on nobody is let in until all is recovered. The question is no
    # input: a client that is turned away would not read it.
    my $tries = 0;
    while (kill(0, $pid) || !run_log([ 'psql', '-XAtq', '-d', $node->connstr('postgres'), '-c', 'SELECT true' ])) {
        die 'the server did not come back' if ++$tries > 1800;
        usleep(100_000);
    }
    $node->safe_psql($database, 'DROP FUNCTION wait_here() CASCADE');
    return;
}

new_space('undisturbed');
my $landed = space_state($node, 'undisturbed');
$node->safe_psql('undisturbed', $ingest);
my $ingested = space_state($node, 'undisturbed');
$node->safe_psql('undisturbed', $resolve);
my $resolved = space_state($node, 'undisturbed');
isnt($ingested, $landed, 'an ingest changes the state');
isnt($resolved, $ingested, 'a resolve changes the state');

new_space('killed');
is(space_state($node, 'killed'), $landed, 'the same start');
for my $table (qw(landing_event quarantine event identifier link_queue counter)) {
    kill_at('killed', $ingest, $table);
    is(space_state($node, 'killed'), $landed, "ingest killed at $table: everything still waits");
}
$node->safe_psql('killed', $ingest);
is(space_state($node, 'killed'), $ingested, 'ingest repeated: as if nothing had happened');
for my $table (qw(link_queue link identifier person tag_value merge_log)) {
    kill_at('killed', $resolve, $table);
    is(space_state($node, 'killed'), $ingested, "resolve killed at $table: nobody is merged");
}
$node->safe_psql('killed', $resolve);
is(space_state($node, 'killed'), $resolved, 'resolve repeated: the same people, the same numbers');
for my $table (qw(timeline_batch timeline_month event_day_by)) {
    kill_at('killed', $refresh, $table);
    is(space_state($node, 'killed'), $resolved, "refresh killed at $table: nothing is folded in");
}
$node->safe_psql($_, $refresh) for 'undisturbed', 'killed';
isnt(space_state($node, 'undisturbed'), $resolved, 'a refresh changes the state');
is(space_state($node, 'killed'), space_state($node, 'undisturbed'), 'refresh repeated: the same timelines and days');
is($node->safe_psql('killed', "SELECT what FROM cdp.check() WHERE severity = 'error'"), '', 'nothing is unhealthy');

# Both in one transaction, killed at its end.
$node->safe_psql($_, space_land(3)) for 'undisturbed', 'killed';
$node->safe_psql('undisturbed', "BEGIN; $ingest; $resolve; COMMIT;");
kill_at('killed', "BEGIN; $ingest; $resolve; SELECT pg_sleep(600);", 'landing_link');
kill_at('killed', "BEGIN; $ingest; $resolve; COMMIT;", 'event_day_by');
$node->safe_psql('killed', "BEGIN; $ingest; $resolve; ROLLBACK;");
$node->safe_psql('killed', "BEGIN; $ingest; $resolve; COMMIT;");
is(space_state($node, 'killed'), space_state($node, 'undisturbed'), 'killed, rolled back, repeated: the same');
is($node->safe_psql('killed', "SELECT what FROM cdp.check() WHERE severity = 'error'"), '', 'days followed the merges');

# Somebody is erased as a whole or not at all.
my $present = space_state($node, 'killed');
my $erase = "SELECT * FROM cdp.person_erase('phone', 'p20')";
kill_at('killed', $erase, 'erase_log');
is(space_state($node, 'killed'), $present, 'erasing killed: everything is there');
$node->safe_psql($_, $erase) for 'undisturbed', 'killed';
isnt(space_state($node, 'killed'), $present, 'erasing changes the state');
is(space_state($node, 'killed'), space_state($node, 'undisturbed'), 'erasing repeated: the same is left');

# The first load of links, which takes another way.
for my $name (qw(first first_killed)) {
    $node->safe_psql('postgres', "CREATE DATABASE $name");
    $node->safe_psql($name, "CREATE EXTENSION pg_cdp; SELECT cdp.setup('UTC');" . space_land(1));
}
my $waiting = space_state($node, 'first_killed');
for my $table (qw(landing_link identifier link)) {
    kill_at('first_killed', $resolve, $table);
    is(space_state($node, 'first_killed'), $waiting, "first load killed at $table: everything still waits");
}
kill_at('first_killed', "BEGIN; $resolve; SELECT pg_sleep(600);", 'tag_value');
is(space_state($node, 'first_killed'), $waiting, 'first load killed before its commit: everything still waits');
$node->safe_psql($_, $resolve) for 'first', 'first_killed';
kill_at('first_killed', 'SELECT pg_sleep(600)', 'tag_value');
isnt(space_state($node, 'first'), $waiting, 'a first load changes the state');
is(space_state($node, 'first_killed'), space_state($node, 'first'), 'first load repeated, and a crash after it: the same people, the same numbers');
$node->safe_psql($_, "$ingest; $resolve;") for 'first', 'first_killed';
is(space_state($node, 'first_killed'), space_state($node, 'first'), 'and the events after it');

$node->stop;
done_testing();
