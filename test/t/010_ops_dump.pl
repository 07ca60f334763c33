# A database that was set up is dumped and restored: everything is there, nothing is unhealthy, and
# it goes on where it was.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/lib";
use CdpNode;
use CdpSpace;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = cdp_node('main', "timezone = 'UTC'");
my $dump = $node->basedir . '/shop.dump';

# The platform belongs to somebody who is no superuser, and who has made it their own.
$node->safe_psql('postgres', 'CREATE ROLE shopkeeper LOGIN; CREATE ROLE analyst; CREATE DATABASE shop OWNER shopkeeper');
sub as_shopkeeper { return $node->safe_psql($_[0], $_[1], extra_params => [ '-U', 'shopkeeper' ]) }
as_shopkeeper('shop', 'CREATE EXTENSION pg_cdp');
as_shopkeeper('shop', "SELECT cdp.setup('Asia/Shanghai')");
as_shopkeeper('shop', space_land(1) . 'SELECT * FROM cdp.ingest(); SELECT * FROM cdp.id_resolve();');
as_shopkeeper('shop', space_decide());
as_shopkeeper('shop', 'SELECT * FROM cdp.timeline_refresh()');
as_shopkeeper('shop', <<'SQL');
    SELECT cdp.tag_define('phone', $$SELECT one_id FROM cdp.v_identity WHERE type = 'phone'$$);
    SELECT * FROM cdp.tag_refresh('phone');
    SELECT cdp.tag_define('events', 'SELECT one_id, count(*) AS value FROM cdp.v_event WHERE one_id IS NOT NULL AND ts < :base_date GROUP BY 1',
        value_type => 'number', on_merge => 'sum', keep_versions => 2);
    SELECT * FROM cdp.tag_refresh('events', '2025-02-01');
    SELECT * FROM cdp.tag_refresh('events', '2025-03-01');
    SELECT cdp.tag_define('vip', kind => 'manual', value_type => 'boolean');
    SELECT cdp.tag_set(one_id, 'vip', 'true') FROM cdp.v_person ORDER BY one_id LIMIT 5;
    SELECT cdp.audience_define('reachable', 'tag:phone');
    SELECT * FROM cdp.audience_refresh('reachable');
    SELECT cdp.audience_exclude('reachable', one_id, 'asked for it') FROM cdp.v_person ORDER BY one_id LIMIT 3;
    SELECT * FROM cdp.audience_refresh('reachable');
    SELECT cdp.destination_define('sms', 'phone', max_attempts => 2);
    SELECT cdp.touch_policy_set('sms', 2, '7 days', '22:00', '08:00');
    SELECT cdp.consent_set('phone', 'p' || n, '*', 'sms', n % 7 > 0, 'form') FROM generate_series(70, 140) n;
    SELECT cdp.suppress('phone', 'p71', 'sms', 'complaint'), cdp.suppress('phone', 'stranger');
    SELECT * FROM cdp.outbox_publish('reachable', 'sms', holdout => 0.2, payload => '{"coupon": "x"}');
    SELECT cdp.outbox_ack(array_agg(outbox_id)) FROM cdp.outbox_claim('sms', 5, date_trunc('day', now() + interval '1 day') + interval '4 hours');
    CREATE INDEX own_index ON cdp.event (channel);
    ALTER TABLE cdp.event ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own_policy ON cdp.event FOR SELECT TO analyst USING (channel = 'app');
    GRANT SELECT ON cdp.event, cdp.v_person TO analyst;
    COMMENT ON COLUMN cdp.event.channel IS 'own words';
    CREATE TABLE cdp.own_table (n int);
    -- Rules come back whatever tags there are.
    CREATE TABLE public.own_rule (r cdp.rule, tags text[] GENERATED ALWAYS AS (cdp.rule_tags(r)) STORED);
    CREATE INDEX own_rule_hash ON public.own_rule USING hash (r);
    INSERT INTO public.own_rule (r) VALUES ('tag:nowhere = "金 卡" and add_to_cart then not pay within 30 min in last 1 day');
    DELETE FROM cdp.id_blocklist WHERE value = 'test';
    SELECT cdp.setting_set('fanout_limit', '4');
SQL
# Rows still wait when the dump is taken.
as_shopkeeper('shop', space_land(2));
my $before = space_state($node, 'shop');
like($before, qr/^landing_event\|203\|/m, 'rows wait');
like($before, qr/^quarantine\|3\|/m, 'rows are refused');
like($before, qr/^$_\|[1-9]/m, "tags: $_") for qw(tag_number tag_version tag_set_log);
like($before, qr/^$_\|[1-9]/m, "audiences: $_") for qw(audience_change audience_list audience_version);
like($before, qr/^$_\|[1-9]/m, "hand-over: $_") for qw(destination publication publication_holdout outbox contact_log consent suppression touch_policy);
like($before, qr/^event_day_by\|[1-9]/m, 'days are counted');
like($before, qr/^$_\|[1-9]/m, "decisions: $_") for qw(link_verdict split_log erased erase_log identifier_history);

$node->command_ok([ 'pg_dump', '-Fc', '-f', $dump, $node->connstr('shop') ], 'dump');
$node->safe_psql('postgres', 'CREATE DATABASE copy');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('copy'), $dump ], 'restore by a superuser');
is(space_state($node, 'copy'), $before, 'every row is there');

my $own = <<'SQL';
    SELECT (SELECT count(*) FROM pg_indexes WHERE schemaname = 'cdp' AND indexdef ~ '\(channel\)'),
           (SELECT count(*) FROM pg_policies WHERE policyname = 'own_policy'),
           (SELECT relrowsecurity FROM pg_class WHERE oid = 'cdp.event'::regclass),
           has_table_privilege('analyst', 'cdp.v_person', 'SELECT'),
           col_description('cdp.event'::regclass, 5), obj_description('cdp.person'::regclass),
           (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal),
           (SELECT string_agg(DISTINCT relowner::regrole::text, ',') FROM pg_class
             WHERE relnamespace = 'cdp'::regnamespace AND relkind IN ('r', 'p', 'v', 'S')),
           to_regclass('cdp.own_table') IS NOT NULL,
           (SELECT format('%s uses %s', r, tags) FROM public.own_rule WHERE r OPERATOR(cdp.=) (r::jsonb)::cdp.rule)
SQL
is($node->safe_psql('copy', $own), $node->safe_psql('shop', $own), 'indexes, policies, grants, comments, triggers, owners, rules');

my $faults = "SELECT what || ': ' || hint FROM cdp.check() WHERE severity = 'error'";
is($node->safe_psql('copy', $faults),
    'owner of cdp.event may make partitions: GRANT CREATE ON SCHEMA cdp TO shopkeeper;',
    'check() names the one thing that a restore by somebody else loses');
$node->safe_psql('copy', 'GRANT CREATE ON SCHEMA cdp TO shopkeeper');
is($node->safe_psql('copy', $faults), '', 'and is content then');

# Original and copy go the same way from here, new months and numbers included.
for my $database ('shop', 'copy') {
    as_shopkeeper($database, 'SELECT * FROM cdp.ingest(); SELECT * FROM cdp.id_resolve();');
    as_shopkeeper($database, "SELECT * FROM cdp.tag_refresh('phone'); SELECT * FROM cdp.tag_refresh('events', '2025-04-01'); SELECT * FROM cdp.audience_refresh('reachable');
        SELECT * FROM cdp.outbox_publish('reachable', 'sms', holdout => 0.2); SELECT * FROM cdp.outbox_claim('sms', 5, date_trunc('day', now() + interval '1 day') + interval '5 hours');");
}
is(space_state($node, 'copy'), space_state($node, 'shop'), 'the same people afterwards');
is($node->safe_psql('copy', $faults), '', 'nothing is unhealthy');
cmp_ok($node->safe_psql('copy', 'SELECT count(*) FROM cdp.merge_log'), '>', 5, 'people were merged');

# What was decided holds in the copy as in the original, whatever is loaded again.
my $secret = 'SELECT (SELECT md5(key::text) FROM cdp.secret), (SELECT md5(string_agg(hash::text, \',\' ORDER BY hash)) FROM cdp.erased)';
is($node->safe_psql('copy', $secret), $node->safe_psql('shop', $secret), 'tombstones and their key');
my $decided = <<'SQL';
    SELECT cdp.one_id('phone', 'p20') <> cdp.one_id('unionid', 'u10'), cdp.one_id('phone', 'p30') <> cdp.one_id('unionid', 'u15'),
           (SELECT string_agg(status, ',' ORDER BY value) FROM cdp.identifier WHERE value IN ('p40', 'p60')),
           cdp.one_id('phone', 'p9') = cdp.one_id('device_id', 'shop'), cdp.one_id('phone', 'p50') IS NULL,
           (SELECT count(*) FROM cdp.quarantine WHERE reason = 'identifier was erased') > 0
SQL
for my $database ('shop', 'copy') {
    as_shopkeeper($database, space_land(1) . 'SELECT * FROM cdp.ingest(); SELECT * FROM cdp.id_resolve();');
    is($node->safe_psql($database, $decided), 't|t|shared,blocked|t|t|t', "$database: nothing is learnt again");
}
is(space_state($node, 'copy'), space_state($node, 'shop'), 'the same people again');

# The owner restores as well: then nothing has to be granted.
$node->safe_psql('postgres', 'CREATE DATABASE own OWNER shopkeeper');
$node->command_ok([ 'pg_restore', '--exit-on-error', '--no-owner', '--no-comments', '-U', 'shopkeeper', '-d', $node->connstr('own'), $dump ],
    'restore by the owner');
is(space_state($node, 'own'), $before, 'every row is there');
is($node->safe_psql('own', $faults), '', 'nothing is unhealthy');

# A second setup over the restored tables changes nothing; teardown drops them and spares the rest.
as_shopkeeper('copy', 'SELECT cdp.setup()');
is(space_state($node, 'copy'), space_state($node, 'shop'), 'setup over restored tables');
as_shopkeeper('copy', 'SELECT cdp.teardown(force => true)');
is($node->safe_psql('copy', "SELECT string_agg(relname, ',') FROM pg_class WHERE relnamespace = 'cdp'::regnamespace AND relkind IN ('r', 'p', 'v', 'S')"),
    'own_table', 'teardown');

$node->stop;
done_testing();
