--| ## Asking them
--| Every question can be restricted to the ids of a bitmap, its last argument: an audience, a tag.

CREATE FUNCTION cdp.bsi_get(value cdp.bsi, id integer) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp_bsi_get' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION cdp.bsi_get(cdp.bsi, integer) IS 'the value of an id; null when it has none';

CREATE FUNCTION cdp.bsi_ebm(value cdp.bsi) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_bsi_ebm' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.bsi_ebm(cdp.bsi) IS 'the ids that have a value: the existence bitmap';

CREATE FUNCTION cdp.bsi_count(value cdp.bsi) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp_bsi_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.bsi_count(cdp.bsi) IS 'how many ids have a value';

CREATE FUNCTION cdp.bsi_count(value cdp.bsi, among cdp.roaringbitmap) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp_bsi_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.bsi_count(cdp.bsi, cdp.roaringbitmap) IS 'the same within a bitmap';

CREATE FUNCTION cdp.bsi_sum(value cdp.bsi) RETURNS numeric
    AS 'MODULE_PATHNAME', 'cdp_bsi_sum' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.bsi_sum(cdp.bsi) IS 'the sum of the values; null when there are none';

CREATE FUNCTION cdp.bsi_sum(value cdp.bsi, among cdp.roaringbitmap) RETURNS numeric
    AS 'MODULE_PATHNAME', 'cdp_bsi_sum' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.bsi_sum(cdp.bsi, cdp.roaringbitmap) IS 'the same within a bitmap';

CREATE FUNCTION cdp.bsi_avg(value cdp.bsi) RETURNS numeric
    AS 'MODULE_PATHNAME', 'cdp_bsi_avg' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.bsi_avg(cdp.bsi) IS 'the mean of the values; null when there are none';

CREATE FUNCTION cdp.bsi_avg(value cdp.bsi, among cdp.roaringbitmap) RETURNS numeric
    AS 'MODULE_PATHNAME', 'cdp_bsi_avg' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cdp.bsi_avg(cdp.bsi, cdp.roaringbitmap) IS 'the same within a bitmap';

CREATE FUNCTION cdp.bsi_min(value cdp.bsi) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp_bsi_min' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.bsi_min(cdp.bsi) IS 'the least value; null when there are none';

CREATE FUNCTION cdp.bsi_min(value cdp.bsi, among cdp.roaringbitmap) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp_bsi_min' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.bsi_min(cdp.bsi, cdp.roaringbitmap) IS 'the same within a bitmap';

CREATE FUNCTION cdp.bsi_max(value cdp.bsi) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp_bsi_max' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.bsi_max(cdp.bsi) IS 'the greatest value; null when there are none';

CREATE FUNCTION cdp.bsi_max(value cdp.bsi, among cdp.roaringbitmap) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp_bsi_max' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION cdp.bsi_max(cdp.bsi, cdp.roaringbitmap) IS 'the same within a bitmap';

CREATE FUNCTION cdp.bsi_eq(value cdp.bsi, than bigint) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_bsi_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION cdp.bsi_eq(cdp.bsi, bigint) IS 'the ids whose value is equal to this one';

CREATE FUNCTION cdp.bsi_eq(value cdp.bsi, than bigint, among cdp.roaringbitmap) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_bsi_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION cdp.bsi_eq(cdp.bsi, bigint, cdp.roaringbitmap) IS 'the same within a bitmap';

CREATE FUNCTION cdp.bsi_ne(value cdp.bsi, than bigint) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_bsi_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION cdp.bsi_ne(cdp.bsi, bigint) IS 'the ids whose value is other than this one';

CREATE FUNCTION cdp.bsi_ne(value cdp.bsi, than bigint, among cdp.roaringbitmap) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_bsi_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION cdp.bsi_ne(cdp.bsi, bigint, cdp.roaringbitmap) IS 'the same within a bitmap';

CREATE FUNCTION cdp.bsi_lt(value cdp.bsi, than bigint) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_bsi_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION cdp.bsi_lt(cdp.bsi, bigint) IS 'the ids whose value is less than this one';

CREATE FUNCTION cdp.bsi_lt(value cdp.bsi, than bigint, among cdp.roaringbitmap) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_bsi_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION cdp.bsi_lt(cdp.bsi, bigint, cdp.roaringbitmap) IS 'the same within a bitmap';

CREATE FUNCTION cdp.bsi_le(value cdp.bsi, than bigint) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_bsi_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION cdp.bsi_le(cdp.bsi, bigint) IS 'the ids whose value is at most this one';

CREATE FUNCTION cdp.bsi_le(value cdp.bsi, than bigint, among cdp.roaringbitmap) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_bsi_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION cdp.bsi_le(cdp.bsi, bigint, cdp.roaringbitmap) IS 'the same within a bitmap';

CREATE FUNCTION cdp.bsi_gt(value cdp.bsi, than bigint) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_bsi_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION cdp.bsi_gt(cdp.bsi, bigint) IS 'the ids whose value is greater than this one';

CREATE FUNCTION cdp.bsi_gt(value cdp.bsi, than bigint, among cdp.roaringbitmap) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_bsi_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION cdp.bsi_gt(cdp.bsi, bigint, cdp.roaringbitmap) IS 'the same within a bitmap';

CREATE FUNCTION cdp.bsi_ge(value cdp.bsi, than bigint) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_bsi_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION cdp.bsi_ge(cdp.bsi, bigint) IS 'the ids whose value is at least this one';

CREATE FUNCTION cdp.bsi_ge(value cdp.bsi, than bigint, among cdp.roaringbitmap) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_bsi_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION cdp.bsi_ge(cdp.bsi, bigint, cdp.roaringbitmap) IS 'the same within a bitmap';

CREATE FUNCTION cdp.bsi_between(value cdp.bsi, low bigint, high bigint) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_bsi_between' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 300;
COMMENT ON FUNCTION cdp.bsi_between(cdp.bsi, bigint, bigint) IS 'the ids whose value lies between these two, both included';

CREATE FUNCTION cdp.bsi_between(value cdp.bsi, low bigint, high bigint, among cdp.roaringbitmap) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_bsi_between' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 300;
COMMENT ON FUNCTION cdp.bsi_between(cdp.bsi, bigint, bigint, cdp.roaringbitmap) IS 'the same within a bitmap';

CREATE FUNCTION cdp.bsi_topk(value cdp.bsi, k bigint) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_bsi_topk' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 300;
COMMENT ON FUNCTION cdp.bsi_topk(cdp.bsi, bigint) IS 'the k ids with the greatest values; of equal ones the smaller ids go first';

CREATE FUNCTION cdp.bsi_topk(value cdp.bsi, k bigint, among cdp.roaringbitmap) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_bsi_topk' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 300;
COMMENT ON FUNCTION cdp.bsi_topk(cdp.bsi, bigint, cdp.roaringbitmap) IS 'the same within a bitmap';

CREATE FUNCTION cdp.bsi_bottomk(value cdp.bsi, k bigint) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_bsi_bottomk' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 300;
COMMENT ON FUNCTION cdp.bsi_bottomk(cdp.bsi, bigint) IS 'the k ids with the least values; of equal ones the smaller ids go first';

CREATE FUNCTION cdp.bsi_bottomk(value cdp.bsi, k bigint, among cdp.roaringbitmap) RETURNS cdp.roaringbitmap
    AS 'MODULE_PATHNAME', 'cdp_bsi_bottomk' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 300;
COMMENT ON FUNCTION cdp.bsi_bottomk(cdp.bsi, bigint, cdp.roaringbitmap) IS 'the same within a bitmap';

CREATE FUNCTION cdp.bsi_median(value cdp.bsi) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp_bsi_median' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 300;
COMMENT ON FUNCTION cdp.bsi_median(cdp.bsi) IS 'the median value: the least that half of the ids do not exceed';

CREATE FUNCTION cdp.bsi_median(value cdp.bsi, among cdp.roaringbitmap) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cdp_bsi_median' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 300;
COMMENT ON FUNCTION cdp.bsi_median(cdp.bsi, cdp.roaringbitmap) IS 'the same within a bitmap';

CREATE FUNCTION cdp.bsi_quantile(value cdp.bsi, shares double precision[]) RETURNS bigint[]
    AS 'MODULE_PATHNAME', 'cdp_bsi_quantile' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500;
COMMENT ON FUNCTION cdp.bsi_quantile(cdp.bsi, double precision[]) IS 'for each share between 0 and 1 the least value that so many of the ids do not exceed, as percentile_disc has it; null when there are none';

CREATE FUNCTION cdp.bsi_quantile(value cdp.bsi, shares double precision[], among cdp.roaringbitmap) RETURNS bigint[]
    AS 'MODULE_PATHNAME', 'cdp_bsi_quantile' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500;
COMMENT ON FUNCTION cdp.bsi_quantile(cdp.bsi, double precision[], cdp.roaringbitmap) IS 'the same within a bitmap';

CREATE FUNCTION cdp.bsi_ntile(value cdp.bsi, n integer) RETURNS cdp.roaringbitmap[]
    AS 'MODULE_PATHNAME', 'cdp_bsi_ntile' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2000;
COMMENT ON FUNCTION cdp.bsi_ntile(cdp.bsi, integer) IS 'the ids in the order of their values, then of themselves, cut into n parts of equal size as ntile() does, the least values first';

CREATE FUNCTION cdp.bsi_ntile(value cdp.bsi, n integer, among cdp.roaringbitmap) RETURNS cdp.roaringbitmap[]
    AS 'MODULE_PATHNAME', 'cdp_bsi_ntile' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2000;
COMMENT ON FUNCTION cdp.bsi_ntile(cdp.bsi, integer, cdp.roaringbitmap) IS 'the same within a bitmap';

CREATE FUNCTION cdp.bsi_histogram(value cdp.bsi, bounds bigint[], OUT bin_from bigint, OUT bin_to bigint, OUT ids bigint, OUT total numeric) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp_bsi_histogram' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 10;
COMMENT ON FUNCTION cdp.bsi_histogram(cdp.bsi, bigint[]) IS 'how many ids have values from each bound to before the next, the last without end, and the sum of those';

CREATE FUNCTION cdp.bsi_histogram(value cdp.bsi, bounds bigint[], among cdp.roaringbitmap, OUT bin_from bigint, OUT bin_to bigint, OUT ids bigint, OUT total numeric) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp_bsi_histogram' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 10;
COMMENT ON FUNCTION cdp.bsi_histogram(cdp.bsi, bigint[], cdp.roaringbitmap) IS 'the same within a bitmap';

CREATE FUNCTION cdp.bsi_iterate(value cdp.bsi, OUT id integer, OUT number bigint) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp_bsi_iterate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 100000;
COMMENT ON FUNCTION cdp.bsi_iterate(cdp.bsi) IS 'the ids with their values as rows, in order of the ids taken unsigned';

CREATE FUNCTION cdp.bsi_iterate(value cdp.bsi, among cdp.roaringbitmap, OUT id integer, OUT number bigint) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'cdp_bsi_iterate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 100000;
COMMENT ON FUNCTION cdp.bsi_iterate(cdp.bsi, cdp.roaringbitmap) IS 'the same within a bitmap';
