# Servers for TAP tests: a PostgreSQL::Test::Cluster that finds the staged extension.
#
#   use lib "$FindBin::RealBin/lib";    # not needed under test/run
#   use CdpNode;
#   my $node = cdp_node('main', "work_mem = '4MB'");
#   is($node->safe_psql('postgres', 'SELECT 1'), '1', 'answers');
package CdpNode;

use strict;
use warnings;
use Exporter 'import';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

our @EXPORT = qw(cdp_node cdp_configure);

# A started node with the extension made in database postgres. More lines go to its configuration;
# a first argument of init, such as allows_streaming => 1, is given as a hash reference.
sub cdp_node {
    my ($name, @lines) = @_;
    my %init = @lines && ref $lines[0] ? %{ shift @lines } : ();
    my $node = PostgreSQL::Test::Cluster->new($name);
    $node->init(%init);
    cdp_configure($node, @lines);
    $node->start;
    $node->safe_psql('postgres', 'CREATE EXTENSION pg_cdp');
    return $node;
}

# The settings alone, for nodes made in another way (init_from_backup keeps those of its source).
sub cdp_configure {
    my ($node, @lines) = @_;
    # Where the stage is: only test/run knows. Without it the installed extension is tested.
    if ($ENV{CDP_NODE_CONF}) {
        $node->append_conf('postgresql.conf', slurp_file($ENV{CDP_NODE_CONF}));
    }
    $node->append_conf('postgresql.conf', join("\n", 'jit = off', @lines));
    return;
}

1;
