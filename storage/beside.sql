-- Queries for what is said beside a judgement: names, open findings, what was withdrawn; now (no time given) or at a time.

-- name: names
SELECT subject, name FROM board.subject WHERE %(at)s::timestamptz IS NULL AND subject = ANY (%(subjects)s)
UNION ALL
SELECT subject, name FROM board.subject_as_of(%(at)s) WHERE subject = ANY (%(subjects)s)

-- name: findings
-- Findings nobody has settled.
SELECT rule, subject, indicator, period_start, months, outcome, state, message
FROM planwatch.finding
WHERE subject = ANY (%(subjects)s) AND state IN ('open', 'explained') AND outcome IN ('hold', 'reject', 'query')
  AND (superseded_at IS NULL OR superseded_at > %(at)s::timestamptz)
  AND (%(at)s::timestamptz IS NULL OR found_at <= %(at)s)
ORDER BY subject, period_start, months, indicator, rule

-- name: withdrawn
SELECT subject, indicator, period_start, months FROM planwatch.reading
WHERE %(at)s::timestamptz IS NULL AND flag = 'withdrawn' AND subject = ANY (%(subjects)s)
UNION ALL
SELECT subject, indicator, period_start, months FROM board.reading_as_of(%(at)s)
WHERE flag = 'withdrawn' AND subject = ANY (%(subjects)s)

-- name: queried
-- How many figures that the newest judgements rest on have an open question. The newest are found first, for they are few.
WITH question AS MATERIALIZED (
    SELECT DISTINCT subject, indicator, period_start, months
    FROM planwatch.finding
    WHERE outcome = 'query' AND state IN ('open', 'explained') AND superseded_at IS NULL
), newest AS MATERIALIZED (
    SELECT subject, target, yardstick, used
    FROM board.barometer
    WHERE EXISTS (SELECT FROM question)
      AND (%(region)s::text IS NULL OR subject = 'region:' || %(region)s OR region = %(region)s)
      AND (%(kind)s::text IS NULL OR split_part(subject, ':', 1) = %(kind)s)
)
SELECT n.subject, n.target, n.yardstick,
       count(DISTINCT (u.subject, u.indicator, u.start, u.months))
FROM newest n
CROSS JOIN jsonb_to_recordset(n.used) AS u (subject text, indicator text, start date, months integer)
JOIN question q ON (q.subject, q.period_start, q.months) = (u.subject, u.start, u.months)
               AND q.indicator IN (u.indicator, '*')
GROUP BY n.subject, n.target, n.yardstick

-- name: queried_as_of
-- The same at a time.
WITH question AS MATERIALIZED (
    SELECT DISTINCT subject, indicator, period_start, months
    FROM planwatch.finding
    WHERE outcome = 'query' AND state IN ('open', 'explained')
      AND found_at <= %(at)s AND (superseded_at IS NULL OR superseded_at > %(at)s)
), newest AS MATERIALIZED (
    SELECT subject, target, yardstick, used
    FROM board.barometer_as_of(%(at)s)
    WHERE EXISTS (SELECT FROM question)
      AND (%(region)s::text IS NULL OR subject = 'region:' || %(region)s OR region = %(region)s)
      AND (%(kind)s::text IS NULL OR split_part(subject, ':', 1) = %(kind)s)
)
SELECT n.subject, n.target, n.yardstick,
       count(DISTINCT (u.subject, u.indicator, u.start, u.months))
FROM newest n
CROSS JOIN jsonb_to_recordset(n.used) AS u (subject text, indicator text, start date, months integer)
JOIN question q ON (q.subject, q.period_start, q.months) = (u.subject, u.start, u.months)
               AND q.indicator IN (u.indicator, '*')
GROUP BY n.subject, n.target, n.yardstick

-- name: counts
-- What `status` says below its table, at a time; marks are gone once taken, so that none are counted.
SELECT (SELECT count(*) FROM board.reading_as_of(%(at)s)) AS readings,
       (SELECT count(*) FROM planwatch.reading_superseded WHERE superseded_at <= %(at)s) AS superseded,
       (SELECT count(*) FROM planwatch.assessment
        WHERE judged_at <= %(at)s AND (superseded_at IS NULL OR superseded_at > %(at)s)) AS assessments,
       (SELECT count(*) FROM (
           SELECT DISTINCT ON (warning_id) kind FROM planwatch.level_change
           WHERE changed_at <= %(at)s AND kind <> 'restated' ORDER BY warning_id, number DESC
        ) AS newest WHERE kind NOT IN ('cleared', 'withdrawn')) AS active,
       (SELECT count(*) FROM planwatch.reject WHERE rejected_at <= %(at)s) AS rejects,
       NULL::bigint AS marks,
       (SELECT count(*) FROM planwatch.outbox
        WHERE created_at <= %(at)s AND (done_at IS NULL OR done_at > %(at)s)) AS outbox
