-- The table of times: `run` calls it with the psql variables rounds, other (peer or plain) and pattern.
\ir measure.sql
\ir work_32.sql
\ir work_64.sql
CALL pg_temp.bench_run(:rounds, :'other', :'pattern');
SELECT format('%s ms', :'other') AS other_ms \gset
SELECT work AS "work",
       round(ours::numeric, 3) AS "ours ms", round(theirs::numeric, 3) AS :"other_ms",
       round((theirs / ours)::numeric, 1) AS "ratio",
       CASE :'other' WHEN 'peer' THEN target END AS "target",
       -- the targets are those of the full size
       CASE WHEN :'other' = 'peer' AND target IS NOT NULL AND bench_bitmap.users() >= 1000000
            THEN CASE WHEN theirs / ours >= target THEN 'met' ELSE 'missed' END END AS " "
  FROM (SELECT place, percentile_cont(0.5) WITHIN GROUP (ORDER BY cpu_ms) FILTER (WHERE side = 'ours') AS ours,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY cpu_ms) FILTER (WHERE side <> 'ours') AS theirs
          FROM bench_time GROUP BY place) t JOIN bench_question USING (place)
 ORDER BY place;
