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

-- name: metered
-- What lies behind the months of units that the gateway is done with: over, and whole or quiet for long enough. Days due,
-- received, flagged and discharged at zero flow are counted from the days, over all monitoring points of the unit that
-- report an indicator; the sum is the one of the gateway's newest report, since the gateway alone knows which flags
-- count. Where its own figure stands, the sum is that figure: a restated one may still be on its way.
WITH known AS (
    SELECT st, listed, code, indicator
    FROM unnest(%(sts)s::smallint[], %(listed)s::text[], %(codes)s::text[], %(indicators)s::text[])
         AS factor (st, listed, code, indicator)
), gathered AS (
    SELECT m.unit_id, m.month, (m.month + interval '1 month')::date AS after, newest.readings
    FROM planwatch.hj212_month m
    LEFT JOIN LATERAL (
        SELECT r.body::jsonb -> 'readings' AS readings FROM planwatch.hj212_report r
        WHERE (r.unit_id, r.month) = (m.unit_id, m.month)
        ORDER BY r.revision DESC LIMIT 1
    ) newest ON true
    WHERE m.unit_id = ANY (%(units)s) AND (newest.readings IS NOT NULL OR NOT m.waits)
), point AS (
    SELECT DISTINCT g.unit_id, g.month, s.mn, s.st, k.code, k.indicator,
           greatest(g.month, (s.body ->> 'since')::date) AS first,
           least(g.after - 1, (s.body ->> 'until')::date) AS last
    FROM gathered g
    JOIN planwatch.hj212_station s USING (unit_id)
    JOIN known k USING (st)
    WHERE s.body -> 'factors' ? k.listed
       OR EXISTS (
           SELECT FROM planwatch.hj212_day d
           WHERE (d.mn, d.st, d.factor) = (s.mn, s.st, k.code) AND d.day >= g.month AND d.day < g.after
       )
), counted AS (
    SELECT p.unit_id, p.month, p.indicator, sum(p.last - p.first + 1) AS expected, sum(found.received) AS received,
           sum(found.not_normal) AS not_normal, sum(found.flowless) AS flowless
    FROM point p
    CROSS JOIN LATERAL (
        SELECT count(*) AS received,
               count(*) FILTER (WHERE d.flag NOT IN ('N', '')) AS not_normal,
               count(*) FILTER (WHERE d.flag = 'N' AND d.cou > 0 AND EXISTS (
                   SELECT FROM planwatch.hj212_day f
                   WHERE (f.mn, f.st, f.day, f.flag, f.cou) = (d.mn, d.st, d.day, 'N', 0)
                     AND f.factor = ANY (%(flows)s)
               )) AS flowless
        FROM planwatch.hj212_day d
        WHERE (d.mn, d.st, d.factor) = (p.mn, p.st, p.code) AND d.day BETWEEN p.first AND p.last
    ) found
    WHERE p.first <= p.last
    GROUP BY p.unit_id, p.month, p.indicator
)
SELECT 'unit:' || c.unit_id, c.indicator, c.month, stated.value, stated.unit, own.amount,
       c.expected::int, c.received::int, c.not_normal::int, c.flowless::int
FROM counted c
JOIN gathered g USING (unit_id, month)
LEFT JOIN LATERAL (
    SELECT (one ->> 'value')::numeric AS value, one ->> 'unit' AS unit
    FROM jsonb_array_elements(g.readings) one
    WHERE one ->> 'indicator' = c.indicator AND one ->> 'flag' IS DISTINCT FROM 'withdrawn'
) stated ON true
LEFT JOIN LATERAL (
    SELECT r.amount
    FROM planwatch.reading r
    JOIN planwatch.hj212_report made ON (made.unit_id, made.month, made.report_id) = (c.unit_id, c.month, r.report_id)
    WHERE (r.subject, r.indicator, r.period_start, r.months) = ('unit:' || c.unit_id, c.indicator, c.month, 1)
) own ON true
ORDER BY c.unit_id, c.month, c.indicator

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
