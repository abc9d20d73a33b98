-- Findings: what bears on the checks of subjects, what is known of them, what people say.

-- name: statements
-- Everything subjects ever stated, withdrawals too, with what stands last; a withdrawn figure does not stand.
SELECT subject, indicator, period_start, months, amount, revision, flag, report_id, source, value, stands
FROM (
    SELECT subject, indicator, period_start, months, amount, revision, flag, report_id, source, value, false AS stands
    FROM planwatch.reading_superseded WHERE subject = ANY (%(subjects)s)
    UNION ALL
    SELECT subject, indicator, period_start, months, amount, revision, flag, report_id, source, value,
           flag IS DISTINCT FROM 'withdrawn'
    FROM planwatch.reading WHERE subject = ANY (%(subjects)s)
) stated
ORDER BY subject, indicator, period_start, months, stands, revision, report_id

-- name: marks_stated
-- Of what stands: figures stated as held with their note, and those received before the last day of their period.
SELECT subject, indicator, period_start, months, CASE WHEN flag = 'held' THEN coalesce(note, '') END,
       planwatch.local_day(known_at) < (period_start + make_interval(months => months))::date - 1
FROM planwatch.reading
WHERE subject = ANY (%(subjects)s) AND flag IS DISTINCT FROM 'withdrawn'
  AND (flag = 'held' OR known_at < period_start + make_interval(months => months))

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
WITH RECURSIVE chain AS (
    SELECT region FROM planwatch.registry WHERE subject = ANY (%(subjects)s) AND region IS NOT NULL
    UNION
    SELECT up.region
    FROM chain JOIN planwatch.registry_on(planwatch.local_day(%(now)s)) up ON up.subject = 'region:' || chain.region
    WHERE up.region IS NOT NULL
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
-- Findings as they stand or stood with what was said last about these very figures, those that still do something first,
-- then the graver ones; how many there are in all beside each. A region is meant with all that is registered below it.
WITH RECURSIVE known AS (
    SELECT subject, region FROM planwatch.registry_on(planwatch.local_day(%(now)s))
), below AS (
    SELECT 'region:' || %(region)s::text AS subject
    UNION
    SELECT known.subject FROM below JOIN known ON 'region:' || known.region = below.subject
)
SELECT b.rule, b.subject, b.subject_name, b.region, b.indicator, b.period_start, b.months, b.outcome, b.state, b.message,
       b.threshold, b.opened_on, b.changed_on, b.holds, answer.said, answer.author, answer.said_on,
       (count(*) OVER ())::int AS in_all
FROM board.finding b
JOIN planwatch.finding f USING (subject, rule, indicator, period_start, months)
LEFT JOIN LATERAL (
    SELECT e.said, e.author, e.said_on
    FROM planwatch.explanation e
    WHERE (e.subject, e.rule, e.indicator, e.period_start, e.months, e.fingerprint)
        = (f.subject, f.rule, f.indicator, f.period_start, f.months, f.fingerprint)
    ORDER BY e.explanation_id DESC
    LIMIT 1
) answer ON true
WHERE f.superseded_at IS NULL
  AND (%(region)s::text IS NULL OR b.subject IN (SELECT subject FROM below))
  AND (%(subject)s::text IS NULL OR b.subject = %(subject)s)
  AND (%(rule)s::text IS NULL OR b.rule = %(rule)s)
  AND (%(all)s OR b.state IN ('open', 'explained'))
ORDER BY b.holds DESC, array_position(ARRAY['reject', 'hold', 'query', 'note'], b.outcome), b.subject, b.period_start,
         b.indicator, b.rule
LIMIT %(limit)s

-- name: knows
-- Whether anything is registered, stated or found of a subject, or registered in it.
SELECT EXISTS (SELECT FROM planwatch.registry WHERE %(subject)s IN (subject, 'region:' || region))
    OR EXISTS (SELECT FROM planwatch.reading WHERE subject = %(subject)s)
    OR EXISTS (SELECT FROM planwatch.finding WHERE subject = %(subject)s)

-- name: counted
-- Findings that still do something, by rule.
SELECT rule, count(*) FROM planwatch.finding
WHERE superseded_at IS NULL AND state IN ('open', 'explained')
GROUP BY rule

-- name: held
-- Figures kept out of sums, each once however many findings hold it. What was never stated (Q01) keeps nothing out.
SELECT count(*) FROM (
    SELECT DISTINCT subject, indicator, period_start, months FROM planwatch.finding
    WHERE superseded_at IS NULL AND outcome IN ('hold', 'reject') AND state IN ('open', 'explained') AND rule <> 'Q01'
) AS figure
