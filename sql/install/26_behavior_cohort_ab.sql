--| # Cohorts
--| Whole groups of people at once: funnels and retention that know their users as bitmaps, and the
--| statistics to judge them by.

--| ## Statistics
--| Intervals and tests on counts and means, for arms of a test and steps of a funnel. What cannot be
--| known (no trials) is null.

CREATE FUNCTION cdp.ab_wilson(successes bigint, trials bigint, confidence float8 DEFAULT 0.95,
                              OUT low float8, OUT high float8)
    AS 'MODULE_PATHNAME', 'cdp_ab_wilson' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.ab_wilson(bigint, bigint, float8) IS 'interval in which a rate lies with this confidence (Wilson''s score interval); nulls without trials';

CREATE FUNCTION cdp.ab_proportions(successes_a bigint, trials_a bigint, successes_b bigint, trials_b bigint,
                                   confidence float8 DEFAULT 0.95, OUT rate_a float8, OUT rate_b float8,
                                   OUT diff float8, OUT ci_low float8, OUT ci_high float8, OUT z float8, OUT p float8)
    AS 'MODULE_PATHNAME', 'cdp_ab_proportions' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp.ab_proportions(bigint, bigint, bigint, bigint, float8) IS 'how the rate of b differs from that of a: difference with Newcombe''s interval, pooled two-proportion z and its two-sided p; nulls when an arm has no trials';

CREATE FUNCTION cdp.ab_exact(successes_a bigint, trials_a bigint, successes_b bigint, trials_b bigint) RETURNS float8
    AS 'MODULE_PATHNAME', 'cdp_ab_exact' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.ab_exact(bigint, bigint, bigint, bigint) IS 'two-sided p of Fisher''s exact test of two rates, for small counts; null when an arm has no trials';

CREATE FUNCTION cdp.ab_p(successes_a bigint, trials_a bigint, successes_b bigint, trials_b bigint) RETURNS float8
    AS 'MODULE_PATHNAME', 'cdp_ab_p' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.ab_p(bigint, bigint, bigint, bigint) IS 'two-sided p of a difference of two rates: that of ab_proportions, or of ab_exact where one of the four counts is expected to be below 5';

CREATE FUNCTION cdp.ab_adjust(p float8[], correction text DEFAULT 'holm') RETURNS float8[]
    AS 'MODULE_PATHNAME', 'cdp_ab_adjust' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.ab_adjust(float8[], text) IS 'p-values of tests that are looked at together, each raised for the others: by holm (the chance of one false alarm) or hochberg (the share of false alarms, of independent tests; Benjamini and Hochberg)';

CREATE FUNCTION cdp.ab_srm(counts bigint[], weights float8[] DEFAULT NULL,
                           OUT chi_square float8, OUT degrees integer, OUT p float8)
    AS 'MODULE_PATHNAME', 'cdp_ab_srm' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cdp.ab_srm(bigint[], float8[]) IS 'sample ratio mismatch: do the sizes of arms fit the weights they were meant to have (equal ones by default)? Pearson''s chi-square and its p; a p below 0.001 says that the split is broken';

CREATE FUNCTION cdp.ab_means(size_a bigint, mean_a float8, stddev_a float8, size_b bigint, mean_b float8, stddev_b float8,
                             confidence float8 DEFAULT 0.95, OUT diff float8, OUT ci_low float8, OUT ci_high float8,
                             OUT t float8, OUT degrees float8, OUT p float8)
    AS 'MODULE_PATHNAME', 'cdp_ab_means' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.ab_means(bigint, float8, float8, bigint, float8, float8, float8) IS 'how the mean of b differs from that of a, by count(*), avg() and stddev_samp() of each: Welch''s t test; nulls when an arm has fewer than two values or neither varies';

