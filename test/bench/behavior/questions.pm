# The questions of the race. Each has one answer, a line of text, and several ways to it:
#   ours, by_rows     cdp functions: over stored timelines; over the raw rows
#   pages             as ours, over pages of timelines
#   by_days           cdp functions over the bitmaps of days
#   flat              cdp functions over the raw rows that take the user as an argument
#   in_order          as by_rows, over the index whose order is that of the groups
#   shares            over events that are partitioned by user
#   sql               the best plain SQL we know
#   check             makes of each statement another one whose answers must agree, too
#   clickhouse        its statement; TABLE stands for one of its two layouts
# Times are milliseconds since 2024 in ClickHouse, timestamptz here.
package questions;

use strict;
use warnings;

use constant { MINUTE => 60_000, DAY => 86_400_000 };

# levels QUERY: a line of "level:people" of a query of levels.
sub levels {
    my ($query) = @_;
    return "SELECT string_agg(level || ':' || n, ' ' ORDER BY level)
              FROM (SELECT level, count(*) AS n FROM ($query) AS q WHERE level > 0 GROUP BY level) AS c";
}

# whole_funnel ARGUMENTS: the same line from one aggregate over stored timelines.
sub whole_funnel {
    my ($arguments) = @_;
    return "SELECT string_agg(level || ':' || n, ' ' ORDER BY level)
              FROM (SELECT level, users - lead(users, 1, 0::int8) OVER (ORDER BY level) AS n
                      FROM unnest(cdp.funnel_counts((SELECT cdp.funnel_agg(user_id, tl, $arguments) FROM bench_behavior.timeline)))
                           WITH ORDINALITY AS u(users, level)) AS c WHERE n > 0";
}

sub clickhouse_levels {
    my ($query) = @_;
    return "SELECT arrayStringConcat(groupArray(concat(toString(level), ':', toString(n))), ' ')
              FROM (SELECT level, count() AS n FROM ($query) WHERE level > 0 GROUP BY level ORDER BY level)";
}

# lines QUERY COLUMN...: the rows of a query as one line, in the order of these columns.
sub lines {
    my ($query, @columns) = @_;
    my $row = join " || ':' || ", @columns;
    my $order = join ', ', @columns;
    return "SELECT string_agg($row, ' ' ORDER BY $order) FROM ($query) AS q";
}

sub clickhouse_lines {
    my ($query, @columns) = @_;
    my $row = join ", ':', ", map { "toString($_)" } @columns;
    my $order = join ', ', @columns;
    return "SELECT arrayStringConcat(groupArray(concat($row)), ' ') FROM (SELECT * FROM ($query) ORDER BY $order)";
}

# flat_levels ARGUMENTS CONDITION: the same line from one aggregate over the raw rows.
sub flat_levels {
    my ($arguments, $condition) = @_;
    return "SELECT string_agg(level || ':' || n, ' ' ORDER BY level)
              FROM (SELECT level, users - lead(users, 1, 0::int8) OVER (ORDER BY level) AS n
                      FROM unnest((SELECT cdp.window_funnel_levels(user_id, ts, $arguments) FROM bench_behavior.event WHERE $condition))
                           WITH ORDINALITY AS u(users, level)) AS c WHERE n > 0";
}

# built TIMELINES: what there is of them, as a line that asks as little of each as can be.
sub built {
    my ($timelines) = @_;
    return "SELECT count(*) || ' users, ' || sum(cdp.timeline_count(tl)) || ' events' FROM $timelines";
}

# every_byte STATEMENT: the same with a sum over every byte of what was built, for a check beside the race.
sub every_byte {
    my ($statement) = @_;
    return $statement =~ s/ \|\| ' events'/ || ' events, hash ' || sum(cdp.timeline_hash_extended(tl, 0))/r;
}

# built_in_shares ARGUMENTS: the same of each share of the users. It is in the list of a SELECT that workers may
# call what they have built by another query.
sub built_in_shares {
    my ($arguments) = @_;
    return built('(' . join(' UNION ALL ', map { "SELECT (s.r).tl FROM (SELECT cdp.timelines_read(b.t) AS r
        FROM (SELECT cdp.timelines_build($arguments) AS t FROM bench_behavior.event_share_$_) AS b) AS s" } 0 .. 3) . ') AS f');
}

# with STATEMENT VALUE NAME...: a statement for which settings have this value.
sub with {
    my ($statement, $value, @names) = @_;
    return join ";\n", (map { "SET $_ = $value" } @names), $statement, map { "RESET $_" } @names;
}

# Exact funnel by window functions: for every row the latest start of a chain of 1, 2 ... steps. A step is
# an event, or one with a condition behind it ("12 AND amount > 100"), here and for ClickHouse.
sub sql_funnel {
    my ($window, @steps) = @_;
    my $list = join ',', map { /^(\d+)/ } @steps;
    my $columns = join ', ', qw(user_id ts event), grep { "@steps" =~ /$_/ } qw(channel amount);
    my $from = "SELECT $columns, CASE WHEN event = $steps[0] THEN ts END AS s1
                  FROM bench_behavior.event WHERE event IN ($list)";
    for my $i (2 .. @steps) {
        my $before = $i - 1;
        $from = "SELECT *, CASE WHEN event = $steps[$i - 1] AND ts - max(s$before) OVER w <= interval '$window'
                           THEN max(s$before) OVER w END AS s$i
                   FROM ($from) AS f$i WINDOW w AS (PARTITION BY user_id ORDER BY ts)";
    }
    my $case = join ' ', map { "WHEN s$_ IS NOT NULL THEN $_" } reverse 1 .. @steps;
    return "SELECT user_id, max(CASE $case ELSE 0 END) AS level FROM ($from) AS f GROUP BY user_id";
}

sub clickhouse_funnel {
    my ($window, $mode, $where, @steps) = @_;
    my $conditions = join ', ', map { "event = $_" } @steps;
    my $list = join ',', map { /^(\d+)/ } @steps;
    my $filter = $where ? "WHERE event IN ($list)" : '';
    return "SELECT user_id, windowFunnel($window$mode)(ts, $conditions) AS level FROM TABLE $filter GROUP BY user_id";
}

my @three = (2, 8, 12);
my @filtered = ('2 AND channel <> 3', 8, '12 AND amount >= 1000');
my @six = (1, 2, 4, 6, 8, 12);
my @strict = (1, 2, 3, 4);
my $day_of = "extract(day FROM ts - '2024-01-01 00:00+00')::int4";

# Days or weeks of presence of each user as bits; cohorts by the first of them.
sub sql_retention {
    my ($period, $cohorts, $periods) = @_;
    return lines("SELECT first AS a, k AS b, count(*) AS c
        FROM (SELECT bit_or(1::int8 << $period) AS bits, min($period) AS first
                FROM bench_behavior.event GROUP BY user_id) AS m,
             generate_series(0, $periods - 1) AS k
       WHERE first < $cohorts AND first + k < 60 AND bits >> (first + k) & 1 = 1 GROUP BY 1, 2", qw(a b c));
}

# The same from one aggregate over stored timelines; days and weeks begin with that of the first event, a Monday.
sub whole_retention {
    my ($unit, $number, $cohorts, $periods) = @_;
    return lines("SELECT $number AS a, period AS b, users AS c
        FROM cdp.retention_table((SELECT cdp.retention_agg(tl, NULL, NULL, '$unit', $periods - 1, 'UTC') FROM bench_behavior.timeline))
       WHERE $number < $cohorts AND users > 0", qw(a b c));
}

sub clickhouse_retention {
    my ($length, $cohorts, $periods) = @_;
    return clickhouse_lines("SELECT first AS a, k AS b, count() AS c
        FROM (SELECT groupBitOr(bitShiftLeft(toUInt64(1), intDiv(ts, $length))) AS bits,
                     bitCount(bitXor(bits, bits - 1)) - 1 AS first FROM TABLE GROUP BY user_id)
       ARRAY JOIN range($periods) AS k
       WHERE first < $cohorts AND first + k < 60 AND bitTest(bits, first + k) GROUP BY a, b", qw(a b c));
}

# Retention from the bitmaps of days.
sub day_retention {
    my ($unit, $cohort, $cohorts, $periods) = @_;
    return lines("SELECT * FROM (SELECT $cohort AS a, period AS b, users AS c
        FROM cdp.retention_matrix((SELECT cdp.activity_agg(day, members) FROM bench_behavior.event_day WHERE code = 0),
                                  'n_day', '$unit', $periods - 1)) AS m WHERE a < $cohorts AND c > 0", qw(a b c));
}

our @questions = (
    {
        name => '3-step funnel, 1 day',
        ours => whole_funnel("'{2,8,12}', '1 day'"),
        by_rows => levels("SELECT cdp.window_funnel('1 day', ts, event = 2, event = 8, event = 12) AS level
            FROM bench_behavior.event WHERE event IN (2, 8, 12) GROUP BY user_id"),
        flat => flat_levels("CASE event WHEN 2 THEN 1 WHEN 8 THEN 2 WHEN 12 THEN 3 END, '1 day'", 'event IN (2, 8, 12)'),
        sql => levels(sql_funnel('1 day', @three)),
        clickhouse => clickhouse_levels(clickhouse_funnel(DAY, '', 1, @three)),
    },
    {
        name => '3-step funnel with conditions on channel and amount',
        ours => whole_funnel("'2[p1 <> 3], 8, 12[value >= 1000]', '1 day'"),
        by_rows => levels("SELECT cdp.window_funnel('1 day', ts, " . join(', ', map { "event = $_" } @filtered) . ") AS level
            FROM bench_behavior.event WHERE event IN (2, 8, 12) GROUP BY user_id"),
        sql => levels(sql_funnel('1 day', @filtered)),
        clickhouse => clickhouse_levels(clickhouse_funnel(DAY, '', 1, @filtered)),
    },
    {
        name => '6-step funnel, 7 days, by first channel',
        ours => lines("SELECT * FROM (SELECT key AS a, step AS b, users - lead(users, 1, 0::int8) OVER (PARTITION BY key ORDER BY step) AS c
            FROM cdp.funnel_split((SELECT cdp.funnel_split_agg(tl, 1, 0, '1,2,4,6,8,12', '7 days') FROM bench_behavior.timeline))) AS l WHERE c > 0", qw(a b c)),
        sql => lines('SELECT channel AS a, level AS b, count(*) AS c FROM (' . sql_funnel('7 days', @six) . ") AS f
            JOIN (SELECT DISTINCT ON (user_id) user_id, channel FROM bench_behavior.event ORDER BY user_id, ts) AS o USING (user_id)
            WHERE level > 0 GROUP BY 1, 2", qw(a b c)),
        clickhouse => clickhouse_lines('SELECT channel AS a, level AS b, count() AS c FROM ('
            . clickhouse_funnel(7 * DAY, '', 0, @six) =~ s/ AS level/ AS level, argMin(channel, ts) AS channel/r
            . ') WHERE level > 0 GROUP BY a, b', qw(a b c)),
    },
    {
        name => 'strict-order funnel',
        ours => whole_funnel("'{1,2,3,4}', '1 day', 'strict_order'"),
        flat => flat_levels("CASE WHEN event <= 4 THEN event ELSE 0 END, '1 day', 'strict_order'", 'true'),
        # Whatever the loop of windowFunnel does is a fold over rows; SQL has no window function for it.
        clickhouse => clickhouse_levels(clickhouse_funnel(DAY, ", 'strict_order'", 0, @strict)),
    },
    {
        name => 'retention, 30 x 30 days',
        ours => whole_retention('day', "cohort - date '2024-01-01'", 30, 30),
        by_days => day_retention('day', "cohort - date '2024-01-01'", 30, 30),
        sql => sql_retention($day_of, 30, 30),
        clickhouse => clickhouse_retention(DAY, 30, 30),
    },
    {
        name => 'retention, weeks',
        ours => whole_retention('week', "(cohort - date '2024-01-01') / 7", 9, 9),
        by_days => day_retention('week', "(cohort - date '2024-01-01') / 7", 9, 9),
        sql => sql_retention("($day_of / 7)", 9, 9),
        clickhouse => clickhouse_retention(7 * DAY, 9, 9),
    },
    {
        name => 'at least 2 of an event and not another in the last 7 days',
        by_days => "SELECT cdp.rb_andnot_cardinality(
            cdp.bsi_ge((SELECT cdp.bsi_agg(times) FROM bench_behavior.event_day WHERE code = 12 AND day >= '2024-02-23'), 2),
            (SELECT cdp.rb_or_agg(members) FROM bench_behavior.event_day WHERE code = 15 AND day >= '2024-02-23'))::text",
        sql => "SELECT count(*)::text FROM (SELECT user_id FROM bench_behavior.event
            WHERE event IN (12, 15) AND ts >= '2024-02-23 00:00+00' GROUP BY user_id
            HAVING count(*) FILTER (WHERE event = 12) >= 2 AND count(*) FILTER (WHERE event = 15) = 0) AS q",
        clickhouse => 'SELECT toString(count()) FROM (SELECT user_id FROM TABLE WHERE event IN (12, 15) AND ts >= '
            . 53 * DAY . ' GROUP BY user_id HAVING countIf(event = 12) >= 2 AND countIf(event = 15) = 0)',
    },
    {
        name => 'daily views and visitors by channel',
        ours => lines("SELECT day - date '2024-01-01' AS a, key AS b, events AS c, visitors AS d
            FROM cdp.daily((SELECT cdp.daily_agg(tl, '{1}', 1, 'UTC') FROM bench_behavior.timeline))", qw(a b c d)),
        by_days => lines("SELECT day - date '2024-01-01' AS a, value AS b, sum(cdp.bsi_sum(times)) AS c, sum(cdp.rb_cardinality(members)) AS d
            FROM bench_behavior.event_day_by WHERE code = 1 GROUP BY 1, 2", qw(a b c d)),
        sql => lines("SELECT a, b, sum(n) AS c, count(*) AS d FROM (SELECT $day_of AS a, channel AS b, user_id, count(*) AS n
            FROM bench_behavior.event WHERE event = 1 GROUP BY 1, 2, 3) AS p GROUP BY 1, 2", qw(a b c d)),
        clickhouse => clickhouse_lines('SELECT intDiv(ts, ' . DAY . ') AS a, channel AS b, count() AS c,
            uniqExact(user_id) AS d FROM TABLE WHERE event = 1 GROUP BY a, b', qw(a b c d)),
    },
    {
        name => 'purchases per user, histogram',
        ours => lines('SELECT least(20, bin_from) AS a, sum(users) AS b
            FROM cdp.distribution_table((SELECT cdp.distribution_agg(tl, \'{12}\') FROM bench_behavior.timeline)) GROUP BY 1', qw(a b)),
        by_days => lines("SELECT bin_from AS a, ids AS b FROM cdp.bsi_histogram(
            (SELECT cdp.bsi_agg(times) FROM bench_behavior.event_day WHERE code = 12),
            (SELECT array_agg(n) FROM generate_series(1, 20) AS n)::int8[]) AS h WHERE ids > 0", qw(a b)),
        sql => lines('SELECT n AS a, count(*) AS b FROM (SELECT least(20, count(*)) AS n FROM bench_behavior.event
            WHERE event = 12 GROUP BY user_id) AS p GROUP BY 1', qw(a b)),
        clickhouse => clickhouse_lines('SELECT n AS a, count() AS b FROM (SELECT least(20, count()) AS n FROM TABLE
            WHERE event = 12 GROUP BY user_id) GROUP BY a', qw(a b)),
    },
    {
        name => 'top 20 three-step paths in sessions of 30 minutes',
        ours => lines("SELECT path[1] * 10000 + path[2] * 100 + path[3] AS a, n AS b
            FROM cdp.paths((SELECT cdp.paths_agg(tl, '30 min', 3) FROM bench_behavior.timeline))", qw(a b)),
        sql => lines("SELECT path AS a, n AS b FROM (SELECT e1 * 10000 + e2 * 100 + e3 AS path, count(*) AS n
            FROM (SELECT ts, event::int4 AS e1, lead(event, 1) OVER w AS e2, lead(event, 2) OVER w AS e3,
                         lead(ts, 1) OVER w AS t2, lead(ts, 2) OVER w AS t3
                    FROM bench_behavior.event WINDOW w AS (PARTITION BY user_id ORDER BY ts)) AS s
           WHERE t2 - ts <= interval '30 min' AND t3 - t2 <= interval '30 min'
           GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20) AS top", qw(a b)),
        clickhouse => clickhouse_lines('SELECT path AS a, count() AS b FROM (SELECT
               arraySort(groupArray((ts, event))) AS s,
               arrayJoin(arrayFilter(p -> p > 0, arrayMap((x, y, z) -> if(y.1 - x.1 <= 30 * ' . MINUTE . ' AND z.1 - y.1 <= 30 * ' . MINUTE . ',
                   x.2 * 10000 + y.2 * 100 + z.2, 0), arraySlice(s, 1, length(s) - 2), arraySlice(s, 2, length(s) - 2), arraySlice(s, 3)))) AS path
            FROM TABLE GROUP BY user_id HAVING length(s) >= 3) GROUP BY path ORDER BY b DESC, a LIMIT 20', qw(a b)),
    },
    {
        name => 'last-touch attribution, 7 days',
        ours => lines("SELECT coalesce(touch, 0) AS a, credit AS b
            FROM cdp.attribution((SELECT cdp.attribution_agg(tl, '{12}', '{3}', '7 days', 'last', 1) FROM bench_behavior.timeline))", qw(a b)),
        sql => lines("SELECT CASE WHEN ms - touch / 16 <= 604800000 THEN touch % 16 ELSE 0 END AS a, sum(amount) AS b
            FROM (SELECT event, amount, ms, coalesce(max(CASE WHEN event = 3 THEN ms * 16 + channel END)
                           OVER (PARTITION BY user_id ORDER BY ts), 0) AS touch
                    FROM (SELECT *, (extract(epoch FROM ts) * 1000)::int8 AS ms FROM bench_behavior.event
                           WHERE event IN (3, 12)) AS e) AS t
           WHERE event = 12 GROUP BY 1", qw(a b)),
        clickhouse => clickhouse_lines('SELECT if(t.ts > 0 AND p.ts - t.ts <= ' . 7 * DAY . ', t.channel, 0) AS a, sum(p.amount) AS b
            FROM (SELECT user_id, ts, amount FROM TABLE WHERE event = 12) AS p
            ASOF LEFT JOIN (SELECT user_id, ts, channel FROM TABLE WHERE event = 3) AS t
              ON p.user_id = t.user_id AND p.ts >= t.ts GROUP BY a', qw(a b)),
    },
    {
        name => 'bulk building, with channel and amount',
        check => \&every_byte,
        flat => built('(SELECT r.tl FROM (SELECT cdp.timelines_build(user_id, ts, event, amount, channel::int4) AS t
            FROM bench_behavior.event) AS b, cdp.timelines_read(b.t) AS r) AS f'),
        shares => built_in_shares('user_id, ts, event, amount, channel::int4'),
        by_rows => built('(SELECT cdp.timeline_agg(ts, event, amount, ARRAY[channel::int4]) AS tl
            FROM bench_behavior.event GROUP BY user_id) AS g'),
    },
    {
        name => 'bulk building, events only',
        check => \&every_byte,
        flat => built('(SELECT r.tl FROM (SELECT cdp.timelines_build(user_id, ts, event) AS t
            FROM bench_behavior.event) AS b, cdp.timelines_read(b.t) AS r) AS f'),
        shares => built_in_shares('user_id, ts, event'),
        by_rows => built('(SELECT cdp.timeline_agg(ts, event) AS tl FROM bench_behavior.event GROUP BY user_id) AS g'),
    },
);

# What is asked of timelines is asked of pages in the same words.
for my $question (@questions) {
    next unless $question->{ours};
    $question->{pages} = $question->{ours} =~ s/\((?:user_id, )?tl, /(page, /r =~ s/bench_behavior\.timeline\b/bench_behavior.page/r;
}

# What is grouped by user can be grouped in the order of an index, or share by share.
$questions[0]{in_order} = with($questions[0]{by_rows}, 'off', qw(enable_hashagg enable_bitmapscan enable_seqscan));
$questions[0]{shares} = with($questions[0]{by_rows} =~ s/bench_behavior\.event\b/bench_behavior.event_by_user/r, 'on', 'enable_partitionwise_aggregate');

1;
