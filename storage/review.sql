-- Queries for people: what the command line prints.

-- name: barometer
SELECT plan, target, target_zh, subject, subject_name, region, yardstick, period_start, months, status, severity, colour,
       label_zh, label_en, actual, expected, unit, reason, better, coverage, sources_there, sources
FROM board.barometer
WHERE (%(region)s::text IS NULL OR subject = 'region:' || %(region)s OR region = %(region)s)
  AND (%(kind)s::text IS NULL OR split_part(subject, ':', 1) = %(kind)s)
ORDER BY CASE split_part(subject, ':', 1) WHEN 'region' THEN 0 WHEN 'project' THEN 1 ELSE 2 END,
         subject, plan, target, yardstick

-- name: barometer_as_of
-- What `barometer` said at a time.
SELECT plan, target, target_zh, subject, subject_name, region, yardstick, period_start, months, status, severity, colour,
       label_zh, label_en, actual, expected, unit, reason, better, coverage, sources_there, sources
FROM board.barometer_as_of(%(at)s)
WHERE (%(region)s::text IS NULL OR subject = 'region:' || %(region)s OR region = %(region)s)
  AND (%(kind)s::text IS NULL OR split_part(subject, ':', 1) = %(kind)s)
ORDER BY CASE split_part(subject, ':', 1) WHEN 'region' THEN 0 WHEN 'project' THEN 1 ELSE 2 END,
         subject, plan, target, yardstick

-- name: backlog
SELECT marks, oldest_mark_at, outbox, oldest_outbox_at, unpublished_rejects FROM board.backlog

-- name: counts
SELECT (SELECT count(*) FROM planwatch.reading),
       (SELECT count(*) FROM planwatch.reading_superseded),
       (SELECT count(*) FROM planwatch.assessment WHERE superseded_at IS NULL),
       (SELECT count(*) FROM planwatch.warning WHERE state = 'active'),
       (SELECT count(*) FROM planwatch.reject)

-- name: assessments_of
-- Judgements of one target for one subject that stand now, or stood at a time, newest period first.
SELECT plan, target, subject, yardstick, period_start, months, status, severity, colour, label_zh, label_en,
       actual, expected, gap, unit, formula, reason, better, rule_set, path, edition, used, law, scope,
       coverage, sources_there, sources, judgement, cause, judged_at, caused_by
FROM planwatch.assessment
WHERE subject = %(subject)s AND target = %(target)s
  AND (superseded_at IS NULL OR superseded_at > %(at)s::timestamptz)
  AND (%(at)s::timestamptz IS NULL OR judged_at <= %(at)s)
  AND (%(yardstick)s::text IS NULL OR yardstick = %(yardstick)s)
  AND (%(period_start)s::date IS NULL OR (period_start = %(period_start)s AND months = %(months)s))
ORDER BY period_start + make_interval(months => months) DESC, yardstick

-- name: known
-- What was known at a time about the end of a year: judgements made until then and not replaced until then.
SELECT plan, target, subject, yardstick, period_start, months, status, severity, colour, label_zh, label_en,
       actual, expected, gap, unit, formula, reason, better, rule_set, path, edition, used, law, scope,
       coverage, sources_there, sources, judgement, cause, judged_at, caused_by
FROM planwatch.assessment
WHERE plan = %(plan)s AND yardstick = ANY (%(yardsticks)s)
  AND period_start + make_interval(months => months) = make_date(%(year)s + 1, 1, 1)
  AND judged_at <= %(at)s AND (superseded_at IS NULL OR superseded_at > %(at)s)
ORDER BY CASE split_part(subject, ':', 1) WHEN 'region' THEN 0 WHEN 'project' THEN 1 ELSE 2 END, subject, target, yardstick

-- name: changes_of
-- Changes of warnings of a subject until a time, oldest first.
SELECT target, target_zh, yardstick, kind, period_start, months, before_zh, after_zh, before_severity, after_severity,
       cause, corrected, changed_at, warning_id, caused_by
FROM (
    SELECT c.*, (extract(year FROM age(c.period_end, c.period_start)) * 12
                 + extract(month FROM age(c.period_end, c.period_start)))::integer AS months
    FROM board.level_change c
) c
WHERE subject = %(subject)s AND (%(target)s::text IS NULL OR target = %(target)s)
  AND (%(at)s::timestamptz IS NULL OR changed_at <= %(at)s)
ORDER BY changed_at, warning_id, number

-- name: find_subjects
-- Registered subjects whose id or name contains a text.
SELECT subject, name FROM board.subject
WHERE subject ILIKE '%%' || %(text)s || '%%' OR name ILIKE '%%' || %(text)s || '%%'
ORDER BY CASE WHEN name = %(text)s OR split_part(subject, ':', 2) = %(text)s THEN 0 ELSE 1 END, subject
LIMIT 20

-- name: judged_targets
SELECT DISTINCT target FROM planwatch.assessment WHERE subject = %(subject)s ORDER BY target

-- name: positions
SELECT topic, partition, next_offset FROM planwatch.kafka_offset WHERE consumer_group = %(group)s

-- name: stored_at
-- When positions last moved, the newest of a group.
SELECT max(updated_at) FROM planwatch.kafka_offset WHERE consumer_group = %(group)s

-- name: read_only
-- The transaction sees one state of the database and cannot write.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY

-- name: reporters
-- Subjects that have figures, and all regions (a region may be judged on its members' figures alone); with ``registered``
-- also whoever is registered and has none.
WITH RECURSIVE current AS (
    SELECT subject, kind, region FROM planwatch.registry_on(planwatch.local_day(now()))
), below AS (
    SELECT 'region:' || %(region)s::text AS subject, 0 AS step
    UNION ALL
    SELECT current.subject, below.step + 1
    FROM below JOIN current ON 'region:' || current.region = below.subject
    WHERE below.step < 8
), everybody AS (
    SELECT subject FROM planwatch.reading GROUP BY subject
    UNION
    SELECT subject FROM current WHERE kind = 'region' OR %(registered)s
)
SELECT subject FROM everybody
WHERE %(region)s::text IS NULL OR subject IN (SELECT subject FROM below)
ORDER BY subject
