-- Findings: what bears on the checks of subjects, what is known of them, what people say.

-- name: statements
-- Everything subjects ever stated, with what stands last; withdrawn figures state nothing.
SELECT subject, indicator, period_start, months, amount, revision, flag, report_id, source, value, stands
FROM (
    SELECT subject, indicator, period_start, months, amount, revision, flag, report_id, source, value, false AS stands
    FROM planwatch.reading_superseded WHERE subject = ANY (%(subjects)s)
    UNION ALL
    SELECT subject, indicator, period_start, months, amount, revision, flag, report_id, source, value, true
    FROM planwatch.reading WHERE subject = ANY (%(subjects)s)
) stated
WHERE flag IS DISTINCT FROM 'withdrawn'
ORDER BY subject, indicator, period_start, months, stands, revision, report_id

-- name: findings
SELECT rule, subject, indicator, period_start, months, version, outcome, state, message, figures, threshold, fingerprint,
       opened_on, changed_on
FROM planwatch.finding
WHERE subject = ANY (%(subjects)s) AND superseded_at IS NULL
ORDER BY subject, rule, indicator, period_start, months

-- name: explanations
SELECT rule, subject, indicator, period_start, months, fingerprint, said, author, said_on, accepted
FROM planwatch.explanation
WHERE subject = ANY (%(subjects)s)
ORDER BY explanation_id

-- name: supersede
UPDATE planwatch.finding SET superseded_at = %(now)s
WHERE subject = %(subject)s AND rule = %(rule)s AND indicator = %(indicator)s AND period_start = %(period_start)s
  AND months = %(months)s AND superseded_at IS NULL

-- name: insert
INSERT INTO planwatch.finding (
    rule, subject, indicator, period_start, months, version, outcome, state, message, figures, threshold, fingerprint,
    opened_on, changed_on, found_at
) VALUES (
    %(rule)s, %(subject)s, %(indicator)s, %(period_start)s, %(months)s, %(version)s, %(outcome)s, %(state)s, %(message)s,
    %(figures)s, %(threshold)s, %(fingerprint)s, %(opened_on)s, %(changed_on)s, %(now)s
)

-- name: mark_regions
-- The regions above subjects whose holds changed: their sums are other ones now.
WITH RECURSIVE known AS (
    SELECT DISTINCT ON (subject) subject, region FROM planwatch.registry ORDER BY subject, valid_from DESC
), chain AS (
    SELECT region FROM known WHERE subject = ANY (%(subjects)s) AND region IS NOT NULL
    UNION
    SELECT known.region FROM chain JOIN known ON known.subject = 'region:' || chain.region WHERE known.region IS NOT NULL
)
INSERT INTO planwatch.mark (subject, period_start, cause, caused_by, marked_at)
SELECT 'region:' || region, coalesce((SELECT min(period_start) FROM planwatch.reading), %(now)s::date), 'related',
       'quality', %(now)s
FROM chain
ORDER BY region

-- name: say
INSERT INTO planwatch.explanation (
    rule, subject, indicator, period_start, months, fingerprint, said, author, accepted, said_on, said_at
) VALUES (
    %(rule)s, %(subject)s, %(indicator)s, %(period_start)s, %(months)s, %(fingerprint)s, %(said)s, %(author)s,
    %(accepted)s, %(said_on)s, %(now)s
)

-- name: mark_checked
-- Somebody said something about a subject's figures: they are checked and judged again.
INSERT INTO planwatch.mark (subject, period_start, cause, caused_by, marked_at)
VALUES (%(subject)s, %(period_start)s, 'correction', 'explanation', %(now)s)

-- name: wake_assess
SELECT pg_notify('planwatch_mark', '')

-- name: listed
-- Findings as they stand or stood, those that still do something first.
SELECT rule, subject, subject_name, indicator, period_start, months, outcome, state, message, threshold, opened_on, holds
FROM board.finding
WHERE (%(region)s::text IS NULL OR region = %(region)s OR subject = 'region:' || %(region)s)
  AND (%(subject)s::text IS NULL OR subject = %(subject)s)
  AND (%(rule)s::text IS NULL OR rule = %(rule)s)
  AND (%(all)s OR state IN ('open', 'explained'))
ORDER BY holds DESC, outcome, subject, period_start, indicator, rule
LIMIT %(limit)s
