-- Queries of the HTTP endpoint: where a subject is registered, so that a token can be held to its region.

-- name: places
-- Of each subject asked about that has an entry by today: the unit it belongs to and all regions above it. The newest
-- entry counts even if it has ended: a unit that closed in March still reports its February.
WITH RECURSIVE entry AS (
    SELECT subject, region, body ->> 'unit' AS unit
    FROM planwatch.registry_on(%(today)s)
    WHERE subject = ANY (%(subjects)s::text[])
), above AS (
    SELECT subject, region FROM entry WHERE region IS NOT NULL
    UNION  -- not UNION ALL: regions that name each other as parents would never end
    SELECT a.subject, r.region
    FROM above a
    JOIN planwatch.registry_on(%(today)s) r ON r.subject = 'region:' || a.region
    WHERE r.region IS NOT NULL
)
SELECT e.subject, e.unit, coalesce(array_agg(a.region) FILTER (WHERE a.region IS NOT NULL), '{}') AS regions
FROM entry e LEFT JOIN above a USING (subject)
GROUP BY e.subject, e.unit
