# A small managed platform for TAP tests: rows to load, and all that there is to know afterwards.
package CdpSpace;

use strict;
use warnings;
use Exporter 'import';

our @EXPORT = qw(space_land space_decide space_state);

# SQL that lands a batch: events over two months, links and profiles, with merges into the people of earlier
# batches, placeholders, shared devices and rows to be refused.
sub space_land {
    my ($batch) = @_;
    return <<"SQL";
        INSERT INTO cdp.landing_event (event_id, ts, name, id_type, id_value, channel, props, identities)
        SELECT 'e$batch-' || n, timestamp '2025-01-15' + $batch * interval '20 days' + n * interval '1 hour',
               (ARRAY['view', 'cart', 'pay'])[1 + n % 3], 'cookie_id', 'c' || (n + 40 * $batch), 'app',
               jsonb_build_object('n', n),
               CASE WHEN n % 5 = 0 THEN jsonb_build_object('phone', 'p' || n + 10 * $batch) END
          FROM generate_series(1, 200) n;
        INSERT INTO cdp.landing_event (event_id, name) SELECT 'bad$batch-' || n, 'pay' FROM generate_series(1, 3) n;
        INSERT INTO cdp.landing_link
        SELECT 'crm', 'phone', 'p' || n, 'unionid', 'u' || (n + $batch) / 2, timestamp '2025-01-01' + n * interval '1 hour', '0.9'
          FROM generate_series(1, 150) n
        UNION ALL SELECT 'app', 'device_id', 'shop', 'phone', 'p' || n, '2025-01-01', NULL FROM generate_series(1, 9) n
        UNION ALL SELECT 'app', 'device_id', '0000', 'phone', 'p' || n, '2025-01-01', NULL FROM generate_series(1, 9) n;
        INSERT INTO cdp.landing_profile (id_type, id_value, attrs, observed_at, source)
        SELECT (ARRAY['phone', 'unionid', 'cookie_id'])[1 + n % 3], (ARRAY['p', 'u', 'c'])[1 + n % 3] || (n + 7 * $batch),
               jsonb_build_object('city', 'city ' || n % 4, 'level', n % 10 + $batch), timestamp '2025-01-01' + $batch * interval '9 days' + n * interval '1 hour', 'crm'
          FROM generate_series(1, 100) n;
SQL
}

# SQL that decides on people of batch 1 by hand: links and identifiers taken away, shared, blocked, approved, somebody
# erased. None of it may be learnt again.
sub space_decide {
    return <<'SQL';
        SELECT * FROM cdp.id_unlink('phone', 'p20', 'unionid', 'u10');
        SELECT * FROM cdp.id_remove('phone', 'p30');
        SELECT * FROM cdp.id_share('phone', 'p40');
        SELECT * FROM cdp.id_block('phone', 'p60');
        SELECT cdp.id_approve(least(d.id, p.id), greatest(d.id, p.id)) FROM cdp.identifier d, cdp.identifier p WHERE d.value = 'shop' AND p.value = 'p9';
        SELECT * FROM cdp.id_resolve();
        SELECT * FROM cdp.person_erase('phone', 'p50', tombstone => true);
SQL
}

# One line per table: its number of rows and a hash of all that does not tell the time of the run.
sub space_state {
    my ($node, $database) = @_;
    my %columns = (
        event => 'event_id, ts, name, identifier_id, channel, props',
        event_type => 'code, name',
        identifier => 'id, type_id, value, one_id, status, first_seen, last_seen, verdict',
        identifier_history => 'id, one_id',
        id_type => 'type_id, name, rank, fanout_limit, neighbour_limit, max_per_person, is_unique, normaliser, is_hashed, ttl',
        id_blocklist => 'id_type, kind, value, reason',
        link => 'a, b, source, weight, first_seen, last_seen, n, status, reason',
        link_queue => 'a, b',
        link_verdict => 'a, b, verdict',
        person => 'one_id, merged_into, ended_at IS NOT NULL',
        person_living => 'stretch, members, users',
        erase_log => 'one_id, tombstones, removed',
        erased => 'length(hash)',
        merge_log => 'survivor, absorbed, link_a, link_b',
        split_log => 'one_id, part, is_restored, identifiers',
        counter => 'name, last',
        quarantine => 'source_table, raw, reason',
        landing_event => 'event_id, ts, name, id_type, id_value, channel, props, identities',
        landing_link => 'source, type_a, value_a, type_b, value_b, seen_at, weight',
        landing_profile => 'id_type, id_value, attrs, observed_at, source',
        attribute => 'identifier_id, key, source, value, first_seen, last_seen',
        attribute_queue => 'identifier_id',
        attribute_rule => 'key, type, keep, pii, description',
        attribute_source => 'source, rank',
        profile => 'one_id, attrs',
        profile_value => 'key, chunk, value, cdp.rb_to_array(members)',
        tag_value => 'tag_id, value, chunk, cdp.rb_to_array(cdp._tag_members(base, changed, later))',
        tag_number => 'tag_id, chunk, cdp._tag_numbers(base, changed, fresh, later, later_fresh)',
        tag_version => 'version_id, tag_id, base_date',
        tag_set_log => 'tag_id, one_id, value, is_set',
        audience_member => 'chunk, cdp.rb_to_array(members)',
        audience_change => 'chunk, cdp.rb_to_array(entered), cdp.rb_to_array(left_members)',
        audience_list => 'one_id, is_member, note',
        audience_version => 'version, name, kind, definition',
        timeline_tail => 'identifier_id, ts, code, value, props',
        person_timeline => 'one_id, month, tl',
        event_day_by => 'slot, value, code, day, chunk, cdp.rb_to_array(members), times',
        destination => 'destination_id, name, id_type, channel, purpose, consent, is_enabled, max_attempts, lease, retry_after',
        publication => 'publication_id, destination_id, campaign, audience, payload, people, held_out, published',
        publication_holdout => 'publication_id, chunk, cdp.rb_to_array(members)',
        outbox => 'outbox_id, destination_id, publication_id, identifier_id, state, reason, attempts',
        contact_log => 'identifier_id, channel, publication_id, outbox_id',
        consent => 'identifier_id, purpose, channel, is_given, source',
        suppression => 'type_id, value, channel, whole_person, reason, until',
        touch_policy => 'channel, max_touches, per, quiet_from, quiet_until, time_zone',
        meta => 'key, value',
    );
    my $sql = join "\nUNION ALL\n", map {
        "SELECT '$_', count(*), md5(string_agg(r.t, '/' ORDER BY r.t)) FROM (SELECT ($columns{$_})::text AS t FROM cdp.$_) AS r"
    } sort keys %columns;
    return $node->safe_psql($database, "SET timezone = 'UTC'; $sql ORDER BY 1");
}

1;
