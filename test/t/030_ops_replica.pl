# A standby answers as the primary does, and goes on with the right numbers when it is promoted.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/lib";
use CdpNode;
use CdpSpace;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = cdp_node('primary', { allows_streaming => 1 }, "timezone = 'UTC'");
$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;

# Set up, loaded and resolved while the standby follows.
$primary->safe_psql('postgres', "SELECT cdp.setup('UTC')");
$primary->safe_psql('postgres', space_land(1) . 'SELECT * FROM cdp.ingest(); SELECT * FROM cdp.id_resolve();');
$primary->safe_psql('postgres', <<'SQL');
    SELECT cdp.tag_define('phone', $$SELECT one_id FROM cdp.v_identity WHERE type = 'phone'$$);
    SELECT * FROM cdp.tag_refresh('phone');
    SELECT cdp.audience_define('reachable', 'tag:phone');
    SELECT * FROM cdp.audience_refresh('reachable');
SQL
$primary->safe_psql('postgres', space_decide());
$primary->safe_psql('postgres', space_land(2) . 'SELECT * FROM cdp.ingest(); SELECT * FROM cdp.id_resolve();');
$primary->wait_for_catchup($standby);

is(space_state($standby, 'postgres'), space_state($primary, 'postgres'), 'every row is there');
for my $question (
    "SELECT cdp.one_id('phone', 'p7'), cdp.one_id('cookie_id', 'c55'), cdp.one_id('device_id', 'shop')",
    'SELECT count(*), sum(identifiers) FROM cdp.v_person',
    "SELECT cdp.rb_cardinality(cdp.tag('phone'))",
    "SELECT cdp.audience_count('audience:reachable')",
    'SELECT area, severity, what, detail FROM cdp.check()',
    "SELECT cdp.setting('time_zone')",
    'SELECT old, new, cdp.rb_to_array(touched), cdp.rb_to_array(split) FROM cdp.id_changes_since(0)',
    "SELECT cdp.person_export(cdp.one_id('phone', 'p20')) - 'exported_at'",
    'SELECT source_table, reason, row_count FROM cdp.v_quarantine ORDER BY 1, 2',
  )
{
    is($standby->safe_psql('postgres', $question), $primary->safe_psql('postgres', $question), $question);
}
my ($status, $out, $err) = $standby->psql('postgres', 'SELECT * FROM cdp.ingest()');
like($err, qr/read-only transaction|during recovery/, 'a standby does not ingest');

# The primary goes on as well, only to compare.
$primary->wait_for_catchup($standby);
$standby->promote;
for my $node ($standby, $primary) {
    $node->safe_psql('postgres', space_land(3) . space_land(1) . 'SELECT * FROM cdp.ingest(); SELECT * FROM cdp.id_resolve();');
}
is(space_state($standby, 'postgres'), space_state($primary, 'postgres'), 'promoted: the same people, the same numbers');
is($standby->safe_psql('postgres', "SELECT what FROM cdp.check() WHERE severity = 'error'"), '', 'nothing is unhealthy');

$standby->stop;
$primary->stop;
done_testing();
