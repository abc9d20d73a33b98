-- Queries of registers: what stands, who holds on a day, who reports without being registered.

-- name: standing
-- Bodies of all entries of some kinds.
SELECT body::text FROM planwatch.registry WHERE kind = ANY (%(kinds)s) ORDER BY subject, valid_from

-- name: region_codes
SELECT DISTINCT substr(subject, 8) FROM planwatch.registry WHERE kind = 'region'

-- name: circles
-- Regions that lie in themselves over others on a day, each circle once, from its first code round to its last.
WITH RECURSIVE above AS (
    SELECT substr(subject, 8) AS first, region AS parent, ARRAY[substr(subject, 8)] AS path
    FROM planwatch.registry_on(%(at)s)
    WHERE kind = 'region' AND region IS NOT NULL
    UNION ALL
    SELECT above.first, up.region, above.path || above.parent
    FROM above JOIN planwatch.registry_on(%(at)s) up ON up.subject = 'region:' || above.parent
    WHERE up.region IS NOT NULL AND above.parent > above.first AND above.parent <> ALL (above.path)
)
SELECT path FROM above WHERE parent = first ORDER BY path

-- name: entries
-- The newest entry of each subject that began until a day, of a kind, in a region or anywhere below it.
WITH RECURSIVE at_day AS (
    SELECT subject, kind, name, region, two_high, valid_from, valid_to, body FROM planwatch.registry_on(%(at)s)
    UNION ALL
    (SELECT DISTINCT ON (subject) subject, kind, name, region, two_high, valid_from, valid_to, body
     FROM planwatch.registry
     WHERE kind IN ('duty', 'working_year') AND valid_from <= %(at)s
     ORDER BY subject, valid_from DESC)
), below AS (
    SELECT %(region)s::text AS region, 0 AS step
    UNION
    SELECT substr(one.subject, 8), below.step + 1
    FROM below JOIN at_day one ON one.region = below.region AND one.kind = 'region'
    WHERE below.step < 8
)
SELECT subject, kind, name, region, two_high, valid_from, valid_to, body ->> 'industry', body ->> 'category'
FROM at_day
WHERE (valid_to IS NULL OR valid_to >= %(at)s OR %(ended)s)
  AND (%(kind)s::text IS NULL OR kind = %(kind)s)
  AND (%(region)s::text IS NULL OR region IN (SELECT region FROM below) OR subject = 'region:' || %(region)s)
ORDER BY kind, region NULLS FIRST, subject

-- name: versions
-- Everything a subject's register says, oldest entry first, and when it was known.
SELECT body::text, known_at FROM planwatch.registry WHERE subject = %(subject)s ORDER BY valid_from

-- name: find
SELECT DISTINCT subject, name FROM planwatch.registry
WHERE subject = %(text)s OR split_part(subject, ':', 2) = %(text)s OR name ILIKE '%%' || %(text)s || '%%'
ORDER BY subject
LIMIT 20

-- name: unknown
SELECT subject, figures, reports, first_start, last_end, first_known_at, last_known_at
FROM board.unregistered
ORDER BY subject

-- name: all_records
SELECT body::text FROM planwatch.registry
WHERE kind NOT IN ('duty', 'working_year')
ORDER BY subject, valid_from

-- name: first_received
-- When each figure of a year was first received, whatever replaced it since.
SELECT subject, indicator, period_start, months, planwatch.local_day(min(known_at))
FROM (
    SELECT subject, indicator, period_start, months, known_at, flag FROM planwatch.reading
    UNION ALL
    SELECT subject, indicator, period_start, months, known_at, flag FROM planwatch.reading_superseded
) stated
WHERE subject = ANY (%(subjects)s) AND indicator = ANY (%(indicators)s) AND flag IS DISTINCT FROM 'withdrawn'
  AND period_start >= %(first)s AND period_start <= %(last)s
GROUP BY subject, indicator, period_start, months

-- name: calendar_records
-- Bodies of all registered duties and working years.
SELECT body::text FROM planwatch.registry WHERE kind IN ('duty', 'working_year') ORDER BY subject, valid_from
