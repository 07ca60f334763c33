# Bitmaps arrive at subscribers, as text and in binary, and at a standby: inserted, changed, left
# alone by an update although stored out of line, found again without a key, deleted.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/lib";
use CdpNode;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $publisher = cdp_node('publisher', { allows_streaming => 'logical' });
my %subscriber = map { $_ => cdp_node($_) } qw(text binary);
$publisher->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($publisher, 'base', has_streaming => 1);
$standby->start;

my $tables = <<'SQL';
    CREATE TABLE keyed (id int PRIMARY KEY, note text, members cdp.roaringbitmap, wide cdp.roaringbitmap64, several cdp.roaringbitmap[]);
    CREATE TABLE keyless (note text, members cdp.roaringbitmap);
    CREATE TABLE keyless_wide (note text, wide cdp.roaringbitmap64);
    CREATE TABLE by_members (members cdp.roaringbitmap PRIMARY KEY, note text);
    ALTER TABLE keyless REPLICA IDENTITY FULL;
    ALTER TABLE keyless_wide REPLICA IDENTITY FULL;
SQL
$_->safe_psql('postgres', $tables) for $publisher, values %subscriber;

# A large value is stored out of line; its text is longer than its bytes.
my $large = 'cdp.rb_build(ARRAY(SELECT (n::int8 * 7919 %% 3000000)::int4 FROM generate_series(1, %d) n))';
sub large { return sprintf $large, shift }

# What is there before the subscription is copied, the rest is streamed.
$publisher->safe_psql('postgres', <<"SQL");
    INSERT INTO keyed SELECT 1, 'copied', b, b::cdp.roaringbitmap64, ARRAY[b, '{}', NULL] FROM (SELECT @{[large(50000)]}) made(b);
    INSERT INTO keyless SELECT 'copied', members FROM keyed;
    INSERT INTO keyless_wide SELECT 'copied', wide FROM keyed;
    CREATE PUBLICATION everything FOR ALL TABLES;
SQL
for my $form (keys %subscriber) {
    my $options = $form eq 'binary' ? 'WITH (binary = true)' : '';
    $subscriber{$form}->safe_psql('postgres',
        "CREATE SUBSCRIPTION from_$form CONNECTION \$\$@{[$publisher->connstr('postgres')]}\$\$ PUBLICATION everything $options");
}
$subscriber{$_}->poll_query_until('postgres', "SELECT count(*) = 0 FROM pg_subscription_rel WHERE srsubstate NOT IN ('r', 's')")
  or die 'the copy did not end'
  for keys %subscriber;

my $state = <<'SQL';
    SELECT 'keyed', id, note, md5(members::bytea), md5(wide::bytea), md5(several::text), NULL FROM keyed
    UNION ALL SELECT 'keyless', NULL, note, md5(members::bytea), NULL, NULL, cdp.rb_cardinality(members) FROM keyless
    UNION ALL SELECT 'keyless_wide', NULL, note, NULL, md5(wide::bytea), NULL, cdp.rb64_cardinality(wide) FROM keyless_wide
    UNION ALL SELECT 'by_members', NULL, note, md5(members::bytea), NULL, NULL, cdp.rb_cardinality(members) FROM by_members
    ORDER BY 1, 2, 3, 4, 5, 6, 7
SQL
my $last = '';
sub all_follow {
    my ($what, $sql) = @_;
    $publisher->safe_psql('postgres', $sql);
    my $expected = $publisher->safe_psql('postgres', $state);
    isnt($expected, $last, "$what: something changes");
    $last = $expected;
    for my $form (sort keys %subscriber) {
        $publisher->wait_for_catchup("from_$form");
        is($subscriber{$form}->safe_psql('postgres', $state), $expected, "$what: by $form");
    }
    $publisher->wait_for_catchup($standby, 'replay', $publisher->lsn('flush'));
    is($standby->safe_psql('postgres', $state), $expected, "$what: standby");
    return;
}

all_follow('copied', "INSERT INTO keyless VALUES ('the end of the copy', NULL)");
all_follow('inserted', <<"SQL");
    INSERT INTO keyed VALUES (2, 'small', '{1,-1}', '{5,-5}', '{}'), (3, 'null', NULL, NULL, NULL),
        (4, 'empty', '{}', '{}', ARRAY['{}']::cdp.roaringbitmap[]),
        (5, 'all there is', cdp.rb_fill('{}', 0, 4294967296), cdp.rb64_fill('{}', -1000000, 0), NULL);
    INSERT INTO keyless SELECT note, members FROM keyed;
    INSERT INTO keyless_wide SELECT note, wide FROM keyed WHERE id > 1;
    INSERT INTO by_members VALUES ('{}', 'nobody'), ('{1,2}', 'two'), ('{-1}', 'the last');
SQL
all_follow('changed', <<"SQL");
    UPDATE keyed SET members = cdp.rb_add(members, 77), wide = cdp.rb64_remove(wide, 5), several = several || members;
    UPDATE keyless SET members = members OPERATOR(cdp.|) 77;
    UPDATE keyless_wide SET wide = wide OPERATOR(cdp.|) 77::int8 WHERE note <> 'null';
    UPDATE by_members SET members = members OPERATOR(cdp.|) 3 WHERE note = 'two';
SQL
# The old values of keyed are sent by their absence: the subscriber keeps what it has.
all_follow('left alone out of line', <<"SQL");
    UPDATE keyed SET note = note || '!';
    UPDATE keyless SET note = note || '!';
    UPDATE keyless_wide SET note = note || '!';
    UPDATE by_members SET note = note || '!';
SQL
# Equal sets may differ in their bytes: the row is found by content. A large value, to be out of line.
for my $node (values %subscriber) {
    $node->safe_psql('postgres', "UPDATE keyless SET members = cdp.rb_runoptimize(members); UPDATE keyless_wide SET wide = cdp.rb64_runoptimize(wide)");
}
$publisher->safe_psql('postgres', "INSERT INTO keyless SELECT 'solid', cdp.rb_or(cdp.rb_build(array_agg(n)), '{-7}') FROM generate_series(1, 30000) n");
$publisher->wait_for_catchup("from_$_") for keys %subscriber;
for my $node (values %subscriber) {
    $node->safe_psql('postgres', "UPDATE keyless SET members = cdp.rb_runoptimize(members) WHERE note = 'solid'");
    isnt($node->safe_psql('postgres', "SELECT md5(members::bytea) FROM keyless WHERE note = 'solid'"),
        $publisher->safe_psql('postgres', "SELECT md5(members::bytea) FROM keyless WHERE note = 'solid'"), 'other bytes, the same set');
}
all_follow('found by content', "UPDATE keyless SET note = 'found', members = members OPERATOR(cdp.-) 15000 WHERE note = 'solid'");
all_follow('deleted', <<"SQL");
    DELETE FROM keyed WHERE id IN (1, 4);
    DELETE FROM keyless WHERE note LIKE 'copied%' OR members IS NULL;
    DELETE FROM keyless_wide WHERE note LIKE 'copied%' OR wide IS NULL;
    DELETE FROM by_members WHERE members OPERATOR(cdp.@>) 1;
SQL

# A standby computes as well, through indexes too, and goes on when it is promoted.
$publisher->safe_psql('postgres', 'CREATE INDEX keyless_hash ON keyless USING hash (members)');
$publisher->wait_for_catchup($standby, 'replay', $publisher->lsn('flush'));
for my $question (
    'SELECT cdp.rb_or_cardinality_agg(members), md5(cdp.rb_xor_agg(members)::text) FROM keyless',
    'SELECT cdp.rb64_or_cardinality_agg(wide) FROM keyless_wide',
    "SET enable_seqscan = off; SELECT note FROM keyless WHERE members = '{1,77,-1}'",
    "SELECT note FROM by_members WHERE members > '{}' ORDER BY members")
{
    my $setting = 'SET search_path = public, cdp;';
    my $answer = $publisher->safe_psql('postgres', "$setting $question");
    isnt($answer, '', 'there is an answer');
    is($standby->safe_psql('postgres', "$setting $question"), $answer, "standby: $question");
}
$standby->promote;
$standby->safe_psql('postgres', 'UPDATE keyed SET members = cdp.rb_add(members, 4711)');
is($standby->safe_psql('postgres', 'SELECT count(*) FROM keyed WHERE members OPERATOR(cdp.@>) 4711'), '2', 'promoted');

$_->stop for $standby, values %subscriber, $publisher;
done_testing();
