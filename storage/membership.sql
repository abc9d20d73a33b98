-- Queries of membership: who lies in a region on a day or lay there before, and on what terms figures count.

-- name: below
-- A region and all below it, by the tree of regions of a day.
WITH RECURSIVE below AS (
    SELECT %(region)s::text AS region, 0 AS step
    UNION ALL
    SELECT substr(one.subject, 8), below.step + 1
    FROM below JOIN planwatch.registry_on(%(day)s) one ON one.region = below.region AND one.kind = 'region'
    WHERE below.step < 8
)
SELECT DISTINCT region FROM below ORDER BY region

-- name: members
-- Subjects of a kind that lie in some regions on a day; and units and regions that lay there before, because their months
-- there still count there. A project is where its newest entry has it. Some may come twice; sorting is the caller's.
SELECT subject FROM planwatch.registry
WHERE 'unit' = ANY (%(kinds)s) AND kind = 'unit' AND region = ANY (%(regions)s) AND valid_from <= %(day)s
UNION ALL
SELECT subject FROM planwatch.registry
WHERE 'region' = ANY (%(kinds)s) AND kind = 'region' AND valid_from <= %(day)s
  AND CASE WHEN valid_to >= %(day)s THEN body ->> 'parent' ELSE region END = ANY (%(regions)s)
UNION ALL
SELECT subject FROM planwatch.registry_on(%(day)s)
WHERE NOT %(kinds)s::text[] <@ '{unit,region}' AND kind = ANY (%(kinds)s) AND kind NOT IN ('unit', 'region')
  AND region = ANY (%(regions)s)

-- name: moves
-- Of members that did not always lie in the regions, the first day of each entry and whether it lies there.
SELECT r.subject, r.valid_from, coalesce(r.region = ANY (%(regions)s), false)
FROM (
    SELECT DISTINCT here.subject
    FROM planwatch.registry here
    JOIN planwatch.registry away USING (subject)
    WHERE here.kind IN ('unit', 'region') AND here.kind = ANY (%(kinds)s) AND here.region = ANY (%(regions)s) AND here.valid_from <= %(day)s
      AND away.valid_from <= %(day)s AND (away.region = ANY (%(regions)s)) IS NOT true
) moved
JOIN planwatch.registry r USING (subject)
WHERE r.valid_from <= %(day)s
ORDER BY r.subject, r.valid_from

-- name: terms
-- Of subjects whose newest entry ended, the day; the region of the newest entry; the first day of units and regions; the
-- measured factors of all entries, oldest entry first; and the day before the next entry where nobody held between the two.
WITH entry AS (
    SELECT subject, kind, valid_from, valid_to, region, body -> 'measured_factors' AS factors,
           min(valid_from) OVER (PARTITION BY subject) AS began,
           lead(valid_from) OVER (PARTITION BY subject ORDER BY valid_from) AS next_from
    FROM planwatch.registry
    WHERE subject = ANY (%(subjects)s) AND valid_from <= %(day)s
)
SELECT subject, valid_to, factors, CASE WHEN next_from IS NULL THEN region END,
       CASE WHEN kind IN ('unit', 'region') THEN began END, next_from - 1
FROM entry
WHERE next_from IS NULL OR factors <> '[]' OR valid_to < next_from - 1
ORDER BY subject, valid_from
