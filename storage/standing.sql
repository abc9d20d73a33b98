-- What stands of figures somebody is about to state.

-- name: ready
SELECT FROM planwatch.reading LIMIT 0

-- name: standing
SELECT r.subject, r.indicator, r.period_start, r.months, r.revision, r.amount, r.flag
FROM unnest(%(subjects)s::text[], %(indicators)s::text[], %(starts)s::date[], %(months)s::integer[])
     AS asked (subject, indicator, period_start, months)
JOIN planwatch.reading r USING (subject, indicator, period_start, months)
