-- The law in force: its history, approvals, and who must be judged again when it changes.

-- name: live_law
SELECT law, body FROM planwatch.law_live ORDER BY live_at DESC, law LIMIT 1

-- name: law_at
SELECT law, body FROM planwatch.law_live WHERE live_at <= %(at)s ORDER BY live_at DESC, law LIMIT 1

-- name: live_law_hash
SELECT law FROM planwatch.law_live ORDER BY live_at DESC, law LIMIT 1

-- name: lock_law
-- One process at a time brings a law into force.
SELECT pg_advisory_xact_lock(hashtextextended('planwatch law', 2))

-- name: save_law
INSERT INTO planwatch.law_live (law, body, live_at) VALUES (%(law)s, %(body)s, %(now)s)

-- name: live_targets
SELECT target, law, body FROM planwatch.target_live WHERE ended_at IS NULL

-- name: save_live_target
INSERT INTO planwatch.target_live (target, plan, law, body, live_at)
VALUES (%(target)s, %(plan)s, %(after_law)s, %(body)s, %(now)s)
ON CONFLICT (target) DO UPDATE SET plan = excluded.plan, law = excluded.law, body = excluded.body,
    live_at = excluded.live_at, ended_at = NULL

-- name: plan_of
SELECT plan FROM planwatch.target_live WHERE target = %(target)s

-- name: end_target
UPDATE planwatch.target_live SET ended_at = %(now)s WHERE target = %(target)s

-- name: insert_plan_change
INSERT INTO planwatch.plan_change (law, plan, target, kind, before_law, after_law, fields, body, approvers, changed_at)
VALUES (
    %(law)s, %(plan)s, %(target)s, %(kind)s, %(before_law)s, %(after_law)s, %(fields)s, %(body)s, %(approvers)s, %(now)s
)

-- name: mark_bound
-- Whoever the changed targets bind is judged again, from the first figure on.
WITH RECURSIVE binding AS (
    SELECT kind, region, ids, prefix
    FROM jsonb_to_recordset(%(bindings)s) AS one (kind text, region text, ids text[], prefix text)
), known AS (
    SELECT subject, region FROM planwatch.registry_on(planwatch.local_day(%(now)s))
), below AS (
    SELECT DISTINCT region AS top, region FROM binding WHERE region IS NOT NULL AND kind <> 'region'
    UNION
    SELECT below.top, substr(known.subject, 8)
    FROM below JOIN known ON known.region = below.region AND known.subject LIKE 'region:%%'
), bound AS (
    SELECT known.subject
    FROM binding JOIN below ON below.top = binding.region
    JOIN known ON known.region = below.region AND split_part(known.subject, ':', 1) = binding.kind
    UNION
    SELECT 'region:' || region FROM binding WHERE kind = 'region' AND region IS NOT NULL
    UNION
    SELECT kind || ':' || id FROM binding CROSS JOIN LATERAL unnest(ids) AS id
    UNION
    SELECT s.subject
    FROM binding JOIN (SELECT subject FROM known UNION SELECT DISTINCT subject FROM planwatch.reading) s
      ON binding.prefix IS NOT NULL AND s.subject LIKE binding.kind || ':' || binding.prefix || '%%'
)
INSERT INTO planwatch.mark (subject, period_start, cause, caused_by, marked_at)
SELECT subject, coalesce((SELECT min(period_start) FROM planwatch.reading), %(now)s::date), 'plan', %(law)s, %(now)s
FROM bound
WHERE subject IN (SELECT subject FROM known UNION SELECT 'region:' || region FROM known)  -- a region named by its units
   OR EXISTS (SELECT FROM planwatch.reading r WHERE r.subject = bound.subject)
ORDER BY subject

-- name: mark_reporters
-- Figures are checked by other rules, or are due by other deadlines now: whoever stated any, and whoever is registered.
INSERT INTO planwatch.mark (subject, period_start, cause, caused_by, marked_at)
SELECT subject, coalesce((SELECT min(period_start) FROM planwatch.reading), %(now)s::date), 'plan', %(law)s, %(now)s
FROM (
    SELECT DISTINCT subject FROM planwatch.reading
    UNION SELECT subject FROM planwatch.registry_on(planwatch.local_day(%(now)s))
) reporter
ORDER BY subject

-- name: mark_judged
-- Whoever has judgements of targets that ended.
INSERT INTO planwatch.mark (subject, period_start, cause, caused_by, marked_at)
SELECT subject, min(period_start), 'plan', %(law)s, %(now)s
FROM planwatch.assessment
WHERE target = ANY (%(targets)s) AND superseded_at IS NULL
GROUP BY subject
ORDER BY subject

-- name: wake_assess
SELECT pg_notify('planwatch_mark', '')

-- name: approve
INSERT INTO planwatch.law_approval (law, approver, note, approved_at) VALUES (%(law)s, %(approver)s, %(note)s, %(now)s)
ON CONFLICT (law, approver) DO NOTHING

-- name: approvals
SELECT approver, note, approved_at FROM planwatch.law_approval WHERE law = %(law)s ORDER BY approved_at, approver

-- name: history
-- What changed, newest first. Targets whose own text is the same but what judges them is not are one row for each law,
-- with how many they are.
SELECT changed_at, law, kind, plan, target, target_zh, fields, approvers, 1 AS targets
FROM board.plan_change
WHERE (%(target)s::text IS NULL OR target = %(target)s) AND NOT fields ? %(rules)s
UNION ALL
SELECT changed_at, law, %(rules)s, '', '', '', '{}', approvers, count(*)
FROM board.plan_change
WHERE (%(target)s::text IS NULL OR target = %(target)s) AND fields ? %(rules)s
GROUP BY changed_at, law, approvers
ORDER BY changed_at DESC, plan, target
LIMIT %(limit)s
