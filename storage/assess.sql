-- Queries of the assess stage: take marks, load figures set-wise, write judgements, warnings and the duty to notify.

-- name: lock_subjects
-- Subjects with marks that no other worker holds, oldest first, locked until the session lets go; a mark that comes in
-- meanwhile stays and leads to another pass. Regions come last: their sums are over figures that are to be checked first,
-- and one judgement after a month's reports says what one after each of them would.
SELECT subject
FROM (
    SELECT subject, subject LIKE 'region:%%' AS is_region, min(mark_id) AS oldest
    FROM planwatch.mark
    GROUP BY subject
    ORDER BY is_region, oldest
    LIMIT %(limit)s * 4
) waiting
WHERE pg_try_advisory_lock(hashtextextended(subject, 1))
LIMIT %(limit)s

-- name: unlock_all
SELECT pg_advisory_unlock_all()

-- name: one_snapshot
-- What is checked and what is judged must be the same figures, though others go on writing.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ

-- name: marked_elsewhere
-- Which of some subjects have marks that this transaction does not take: their figures have not been checked since.
SELECT DISTINCT subject FROM planwatch.mark WHERE subject = ANY (%(subjects)s) ORDER BY subject

-- name: take_marks
-- The marks of locked subjects, taken out: a rollback puts them back. SKIP LOCKED: nobody is ever waited for.
WITH taken AS (
    DELETE FROM planwatch.mark
    WHERE mark_id IN (
        SELECT mark_id FROM planwatch.mark WHERE subject = ANY (%(subjects)s) ORDER BY mark_id FOR UPDATE SKIP LOCKED
    )
    RETURNING subject, period_start, cause, caused_by, mark_id
)
SELECT subject, min(period_start), array_agg(cause ORDER BY mark_id DESC), array_agg(caused_by ORDER BY mark_id DESC)
FROM taken
GROUP BY subject
ORDER BY subject

-- name: count_marks
SELECT count(*), coalesce(extract(epoch FROM %(now)s - min(marked_at)), 0)::float8 FROM planwatch.mark

-- name: who
-- Registry entries of subjects on a day: name, kind, whether 两高, and the chain of regions above, nearest first.
WITH RECURSIVE mine AS (
    SELECT subject, kind, name, region, two_high, body -> 'traits' AS traits
    FROM planwatch.registry_on(%(day)s) WHERE subject = ANY (%(subjects)s)
), chain AS (
    SELECT subject AS who, region, 1 AS step FROM mine WHERE region IS NOT NULL
    UNION ALL
    SELECT chain.who, up.region, chain.step + 1
    FROM chain JOIN planwatch.registry_on(%(day)s) up ON up.subject = 'region:' || chain.region
    WHERE up.region IS NOT NULL AND chain.step < 8
)
SELECT m.subject, m.kind, m.name, m.two_high,
       coalesce((SELECT array_agg(chain.region ORDER BY step) FROM chain WHERE chain.who = m.subject), '{}'),
       coalesce(m.traits, '{}'::jsonb)
FROM mine m

-- name: records
SELECT body::text FROM planwatch.registry WHERE subject = ANY (%(subjects)s) ORDER BY subject, valid_from

-- name: targets
SELECT target, body::text FROM planwatch.target_live WHERE target = ANY (%(targets)s)

-- name: names
SELECT subject, name FROM planwatch.registry_on(%(day)s) WHERE subject = ANY (%(subjects)s)

-- name: figures
-- Standing figures as they were stated; what was withdrawn states nothing.
SELECT subject, indicator, period_start, months, amount, revision, flag, report_id, source
FROM planwatch.reading
WHERE subject = ANY (%(subjects)s) AND indicator = ANY (%(indicators)s) AND flag IS DISTINCT FROM 'withdrawn'
ORDER BY subject, indicator, period_start, months

-- name: effects
-- Findings that keep figures out of sums or let them in. Asked apart from the figures: there are few of them, and beside
-- each figure the planner goes through all of them where it knows nothing of the table yet.
SELECT subject, rule, indicator, period_start, months, outcome, state
FROM planwatch.finding
WHERE subject = ANY (%(subjects)s) AND superseded_at IS NULL AND rule <> 'Q01'
  AND (outcome IN ('hold', 'reject') AND state IN ('open', 'explained') OR state = 'accepted')
ORDER BY subject

-- name: standing
-- Judgements that stand for subjects and end before the months to be judged anew: what they said, without their figures.
SELECT plan, target, subject, yardstick, period_start, months, status, severity, colour, label_zh, label_en
FROM planwatch.assessment
JOIN unnest(%(subjects)s::text[], %(since)s::date[]) AS marked (subject, since) USING (subject)
WHERE superseded_at IS NULL AND period_start + make_interval(months => months) <= since AND status <> 'ended'

-- name: standing_whole
-- The other ones, whole: they are compared with what is judged anew. An end is said again whatever was marked.
SELECT plan, target, subject, yardstick, period_start, months, status, severity, colour, label_zh, label_en,
       actual, expected, gap, unit, formula, reason, better, rule_set, path, edition, used, law, scope,
       coverage, sources_there, sources
FROM planwatch.assessment
JOIN unnest(%(subjects)s::text[], %(since)s::date[]) AS marked (subject, since) USING (subject)
WHERE superseded_at IS NULL AND (period_start + make_interval(months => months) > since OR status = 'ended')

-- name: judgement
-- One judgement that stands, whole.
SELECT plan, target, subject, yardstick, period_start, months, status, severity, colour, label_zh, label_en,
       actual, expected, gap, unit, formula, reason, better, rule_set, path, edition, used, law, scope,
       coverage, sources_there, sources
FROM planwatch.assessment
WHERE subject = %(subject)s AND target = %(target)s AND yardstick = %(yardstick)s
  AND period_start = %(period_start)s AND months = %(months)s AND superseded_at IS NULL

-- name: supersede
UPDATE planwatch.assessment SET superseded_at = %(now)s
WHERE subject = %(subject)s AND target = %(target)s AND yardstick = %(yardstick)s
  AND period_start = %(period_start)s AND months = %(months)s AND superseded_at IS NULL

-- name: insert_assessment
-- A judgement and the how-manieth of its key it is, those that were closed without another one in their place included.
INSERT INTO planwatch.assessment (
    period_start, months, subject, plan, target, yardstick, judgement, status, severity, colour, label_zh, label_en,
    actual, expected, gap, unit, formula, reason, better, rule_set, path, edition, used, law, cause, caused_by, judged_at, scope,
    coverage, sources_there, sources
) VALUES (
    %(period_start)s, %(months)s, %(subject)s, %(plan)s, %(target)s, %(yardstick)s,
    1 + coalesce((
        SELECT max(judgement) FROM planwatch.assessment
        WHERE subject = %(subject)s AND target = %(target)s AND yardstick = %(yardstick)s
          AND period_start = %(period_start)s AND months = %(months)s
    ), 0),
    %(status)s, %(severity)s, %(colour)s, %(label_zh)s, %(label_en)s, %(actual)s, %(expected)s, %(gap)s, %(unit)s, %(formula)s,
    %(reason)s, %(better)s, %(rule_set)s, %(path)s, %(edition)s, %(used)s, %(law)s, %(cause)s, %(caused_by)s, %(now)s,
    %(scope)s,
    %(coverage)s, %(sources_there)s, %(sources)s
)

-- name: warnings_of
SELECT warning_id, plan, target, subject, yardstick, state, first_start, first_months, last_start, last_months,
       cleared_start, cleared_months, severity, colour, label_zh, label_en, peak, changes
FROM planwatch.warning
WHERE subject = ANY (%(subjects)s)
ORDER BY subject, target, yardstick, first_start

-- name: told
-- What people were told last of each period, by warning.
SELECT DISTINCT ON (c.warning_id, c.period_start, c.months) c.warning_id, c.period_start, c.months, c.after
FROM planwatch.level_change c JOIN planwatch.warning w USING (warning_id)
WHERE w.subject = ANY (%(subjects)s) AND w.state <> 'withdrawn'
ORDER BY c.warning_id, c.period_start, c.months, c.number DESC

-- name: save_warning
INSERT INTO planwatch.warning (
    warning_id, plan, target, subject, yardstick, state, first_start, first_months, last_start, last_months,
    cleared_start, cleared_months, severity, colour, label_zh, label_en, peak, changes, opened_at, changed_at
) VALUES (
    %(warning_id)s, %(plan)s, %(target)s, %(subject)s, %(yardstick)s, %(state)s, %(first_start)s, %(first_months)s,
    %(last_start)s, %(last_months)s, %(cleared_start)s, %(cleared_months)s, %(severity)s, %(colour)s, %(label_zh)s,
    %(label_en)s, %(peak)s, %(changes)s, %(now)s, %(now)s
)
ON CONFLICT (warning_id) DO UPDATE SET
    state = excluded.state, first_start = excluded.first_start, first_months = excluded.first_months,
    last_start = excluded.last_start, last_months = excluded.last_months, cleared_start = excluded.cleared_start,
    cleared_months = excluded.cleared_months, severity = excluded.severity, colour = excluded.colour,
    label_zh = excluded.label_zh, label_en = excluded.label_en, peak = excluded.peak, changes = excluded.changes,
    changed_at = excluded.changed_at

-- name: insert_change
INSERT INTO planwatch.level_change (
    change_id, warning_id, number, plan, target, subject, yardstick, kind, period_start, months, before, after,
    before_severity, after_severity, cause, caused_by, corrected, law, changed_at
) VALUES (
    %(change_id)s, %(warning_id)s, %(number)s, %(plan)s, %(target)s, %(subject)s, %(yardstick)s, %(kind)s,
    %(period_start)s, %(months)s, %(before)s, %(after)s, %(before_severity)s, %(after_severity)s, %(cause)s,
    %(caused_by)s, %(corrected)s, %(law)s, %(now)s
)

-- name: insert_outbox
INSERT INTO planwatch.outbox (change_id, warning_id, body, created_at)
VALUES (%(change_id)s, %(warning_id)s, %(body)s, %(now)s)

-- name: wake_notify
SELECT pg_notify('planwatch_outbox', '')

-- name: live_law_hash
SELECT law FROM planwatch.law_live ORDER BY live_at DESC, law LIMIT 1

-- name: mark_same_source
-- Ledger projects that share a permit with these, and the regions above them: what one books bears on what counts of the
-- others. The cause keeps marks from going round in circles: what is judged because of it marks nobody.
WITH RECURSIVE known AS (
    SELECT subject, kind, region, body ->> 'permit' AS permit FROM planwatch.registry_on(planwatch.local_day(%(now)s))
), sibling AS (
    SELECT DISTINCT other.subject, other.region
    FROM known JOIN known other ON other.permit = known.permit AND other.subject <> known.subject
    WHERE known.subject = ANY (%(subjects)s) AND other.kind = 'reduction_project'
), chain AS (
    SELECT region FROM sibling
    UNION
    SELECT known.region FROM chain JOIN known ON known.subject = 'region:' || chain.region WHERE known.region IS NOT NULL
)
INSERT INTO planwatch.mark (subject, period_start, cause, caused_by, marked_at)
SELECT subject, coalesce(%(since)s, date '1949-01-01'), 'related', 'permit', %(now)s
FROM (SELECT subject FROM sibling UNION SELECT 'region:' || region FROM chain) dependent
WHERE subject <> ALL (%(covered)s)
ORDER BY subject

-- name: mark_projects_below
-- The 两高 projects registered in regions or below them, by any entry they ever had: a clause asks something of them when
-- the region falls behind.
WITH RECURSIVE inside AS (
    SELECT subject, kind, region FROM planwatch.registry WHERE region IS NOT NULL
    UNION ALL
    SELECT subject, kind, body ->> 'merged_into' FROM planwatch.registry
    WHERE kind = 'region' AND body ->> 'merged_into' IS NOT NULL
), below AS (
    SELECT unnest(%(regions)s::text[]) AS region
    UNION
    SELECT substr(inside.subject, 8) FROM below JOIN inside ON inside.region = below.region AND inside.kind = 'region'
)
INSERT INTO planwatch.mark (subject, period_start, cause, caused_by, marked_at)
SELECT DISTINCT inside.subject, coalesce(%(since)s, date '1949-01-01'), 'related', 'region', %(now)s
FROM inside JOIN below USING (region)
WHERE inside.kind = 'two_high_project'
ORDER BY inside.subject

-- name: day_begun
-- The latest day that any process has begun: one whose clock is a little behind judges by that day too.
SELECT day FROM planwatch.looked_until WHERE what = 'deadlines'

-- name: looked_until
SELECT day FROM planwatch.looked_until WHERE what = 'deadlines' FOR UPDATE

-- name: look_until
INSERT INTO planwatch.looked_until (what, day) VALUES ('deadlines', %(today)s)
ON CONFLICT (what) DO UPDATE SET day = greatest(looked_until.day, excluded.day)

-- name: mark_reporting_units
-- A deadline for reports has passed: whoever may be late is checked, all that are registered.
INSERT INTO planwatch.mark (subject, period_start, cause, caused_by, marked_at)
SELECT DISTINCT subject, %(today)s::date, 'figures', 'deadline', %(now)s
FROM planwatch.registry WHERE kind NOT IN ('duty', 'working_year')

-- name: mark_due
-- Projects whose written disposal opinion fell due between two days and is not done.
INSERT INTO planwatch.mark (subject, period_start, cause, caused_by, marked_at)
SELECT DISTINCT subject, %(since)s::date, 'registry', 'deadline', %(now)s
FROM planwatch.registry
WHERE kind = 'two_high_project' AND body #>> '{disposal,done_on}' IS NULL
  AND (body #>> '{disposal,deadline}')::date >= %(since)s AND (body #>> '{disposal,deadline}')::date < %(today)s

-- name: mark_begun
-- Register entries whose first day has come, and mergers whose last day has passed, that were known before: the same are
-- judged again as when an entry comes in (ingest.sql, mark). What came in on the day or after it was marked then.
WITH RECURSIVE begun AS (
    SELECT subject, kind FROM planwatch.registry
    WHERE valid_from > %(after)s AND valid_from <= %(today)s AND planwatch.local_day(known_at) < valid_from
      AND kind NOT IN ('duty', 'working_year')
    UNION
    SELECT subject, kind FROM planwatch.registry
    WHERE kind = 'region' AND body ->> 'merged_into' IS NOT NULL
      AND valid_to >= %(after)s AND valid_to < %(today)s AND planwatch.local_day(known_at) <= valid_to
), standing_in AS (
    SELECT subject, region FROM planwatch.registry WHERE region IS NOT NULL
    UNION ALL
    SELECT subject, body ->> 'parent' FROM planwatch.registry WHERE kind = 'region' AND body ->> 'merged_into' IS NOT NULL
), above AS (
    SELECT 'region:' || s.region AS subject, begun.subject AS caused_by FROM begun JOIN standing_in s USING (subject)
    UNION
    SELECT 'region:' || s.region, above.caused_by FROM above JOIN standing_in s USING (subject)
), below AS (
    SELECT subject, subject AS caused_by FROM begun
    UNION
    SELECT s.subject, below.caused_by FROM below JOIN standing_in s ON below.subject = 'region:' || s.region
)
INSERT INTO planwatch.mark (subject, period_start, cause, caused_by, marked_at)
SELECT subject, coalesce((SELECT min(period_start) FROM planwatch.reading), %(today)s), 'registry', min(caused_by), %(now)s
FROM (SELECT subject, caused_by FROM above UNION ALL SELECT subject, caused_by FROM below) concerned
WHERE subject IS NOT NULL
GROUP BY subject
ORDER BY subject
