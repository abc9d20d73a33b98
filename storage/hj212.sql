-- Queries of the HJ 212 gateway.

-- name: lock_point
-- Two connections of one logger must not weigh the same day at once.
SELECT pg_advisory_xact_lock(hashtextextended('hj212 ' || %(mn)s, 0))

-- name: keep_outranked
-- What stands goes to the superseded ones if the new statement outranks it.
INSERT INTO planwatch.hj212_day_superseded
SELECT d.*, %(received_at)s
FROM planwatch.hj212_day d
WHERE (d.mn, d.st, d.factor, d.day) = (%(mn)s, %(st)s, %(factor)s, %(day)s)
  AND (d.qn, coalesce(d.cou, -1), d.flag COLLATE "C")
      < (%(qn)s COLLATE "C", coalesce(%(cou)s::numeric, -1), %(flag)s COLLATE "C")
ON CONFLICT DO NOTHING

-- name: save_day
-- Statements about a day rank by when the logger said them; the later columns only break ties, the same way in any order.
-- One that says the same as the one standing replaces nothing.
INSERT INTO planwatch.hj212_day AS standing (mn, st, factor, day, cou, unit, flag, qn, received_at)
VALUES (%(mn)s, %(st)s, %(factor)s, %(day)s, %(cou)s, %(unit)s, %(flag)s, %(qn)s, %(received_at)s)
ON CONFLICT (mn, st, factor, day) DO UPDATE
SET cou = excluded.cou, unit = excluded.unit, flag = excluded.flag, qn = excluded.qn, received_at = excluded.received_at
WHERE (standing.qn, coalesce(standing.cou, -1), standing.flag COLLATE "C")
      < (excluded.qn, coalesce(excluded.cou, -1), excluded.flag COLLATE "C")
RETURNING mn

-- name: keep_late
-- A statement that is outranked as it comes is kept too; one that stands already is not.
INSERT INTO planwatch.hj212_day_superseded
SELECT %(mn)s, %(st)s, %(factor)s, %(day)s, %(cou)s::numeric, %(unit)s, %(flag)s, %(qn)s, %(received_at)s, %(received_at)s
WHERE NOT EXISTS (
    SELECT FROM planwatch.hj212_day d
    WHERE (d.mn, d.st, d.factor, d.day, d.qn, d.flag) = (%(mn)s, %(st)s, %(factor)s, %(day)s, %(qn)s, %(flag)s)
      AND d.cou IS NOT DISTINCT FROM %(cou)s::numeric
)
ON CONFLICT DO NOTHING

-- name: mark_month
INSERT INTO planwatch.hj212_month AS standing (unit_id, month, changed_at)
VALUES (%(unit)s, %(month)s, %(now)s)
ON CONFLICT (unit_id, month) DO UPDATE
SET changed_at = greatest(standing.changed_at, excluded.changed_at), waits = true, looked_at = NULL

-- name: mark_month_elsewhere
-- The point was given to another unit after its frame had been read: the month is that unit's now.
INSERT INTO planwatch.hj212_month AS standing (unit_id, month, changed_at)
SELECT DISTINCT unit_id, %(month)s::date, %(now)s::timestamptz
FROM planwatch.hj212_station
WHERE (mn, st) = (%(mn)s, %(st)s) AND unit_id <> %(unit)s
ON CONFLICT (unit_id, month) DO UPDATE
SET changed_at = greatest(standing.changed_at, excluded.changed_at), waits = true, looked_at = NULL

-- name: mark_months_of
-- All months of a monitoring point, for a unit.
INSERT INTO planwatch.hj212_month AS standing (unit_id, month, changed_at)
SELECT DISTINCT %(unit)s, date_trunc('month', day)::date, %(now)s::timestamptz
FROM planwatch.hj212_day
WHERE (mn, st) = (%(mn)s, %(st)s)
ON CONFLICT (unit_id, month) DO UPDATE
SET changed_at = greatest(standing.changed_at, excluded.changed_at), waits = true, looked_at = NULL

-- name: stations
SELECT mn, st, unit_id, body FROM planwatch.hj212_station FOR UPDATE

-- name: save_station
INSERT INTO planwatch.hj212_station (mn, st, unit_id, body) VALUES (%(mn)s, %(st)s, %(unit)s, %(body)s)
ON CONFLICT (mn, st) DO UPDATE SET unit_id = excluded.unit_id, body = excluded.body

-- name: drop_station
DELETE FROM planwatch.hj212_station WHERE (mn, st) = (%(mn)s, %(st)s)

-- name: keep_part
INSERT INTO planwatch.hj212_part (mn, st, cn, pnum, pno, raw, received_at)
VALUES (%(mn)s, %(st)s, %(cn)s, %(pnum)s, %(pno)s, %(raw)s, %(received_at)s)
ON CONFLICT (mn, st, cn, pnum, pno) DO UPDATE SET raw = excluded.raw, received_at = excluded.received_at

-- name: drop_part
-- Only the very packet: another may have taken its place since.
DELETE FROM planwatch.hj212_part
WHERE (mn, st, cn, pnum, pno) = (%(mn)s, %(st)s, %(cn)s, %(pnum)s, %(pno)s) AND raw = %(raw)s

-- name: parts
SELECT raw, received_at FROM planwatch.hj212_part ORDER BY received_at, mn, pno

-- name: next_reject
SELECT nextval('planwatch.hj212_reject')

-- name: due_month
-- A month that is over and has changed since it was looked at, or that has been over and quiet for long enough.
SELECT unit_id, month, changed_at
FROM planwatch.hj212_month
WHERE waits AND month < %(this_month)s
  AND (looked_at IS NULL
       OR greatest(changed_at, (month + interval '1 month') AT TIME ZONE 'Asia/Shanghai') <= %(settled)s)
ORDER BY month, unit_id
LIMIT 1
FOR UPDATE SKIP LOCKED

-- name: days_of
SELECT d.mn, d.st, d.factor, d.day, d.cou, d.unit, d.flag, d.qn, d.received_at
FROM planwatch.hj212_day d
JOIN unnest(%(mns)s::text[], %(sts)s::smallint[]) AS point (mn, st) ON (d.mn, d.st) = (point.mn, point.st)
WHERE d.day >= %(first)s AND d.day < %(after)s
ORDER BY d.mn, d.st, d.factor, d.day

-- name: last_report
SELECT body FROM planwatch.hj212_report
WHERE (unit_id, month) = (%(unit)s, %(month)s)
ORDER BY revision DESC LIMIT 1

-- name: looked_at
UPDATE planwatch.hj212_month SET looked_at = %(now)s, waits = %(waits)s WHERE (unit_id, month) = (%(unit)s, %(month)s)

-- name: mark_unit
-- What lies behind a month of a unit is another now: its figures are checked again, whichever of them stands.
WITH marked AS (
    INSERT INTO planwatch.mark (subject, period_start, cause, caused_by, marked_at)
    VALUES ('unit:' || %(unit)s, %(month)s, 'figures', 'hj212', %(now)s)
)
SELECT pg_notify('planwatch_mark', '')

-- name: save_report
INSERT INTO planwatch.hj212_report (unit_id, month, revision, report_id, body, made_at)
VALUES (%(unit)s, %(month)s, %(revision)s, %(report_id)s, %(body)s, %(now)s)

-- name: unsent
-- In the order they were made, held until they are sent.
SELECT report_id, body FROM planwatch.hj212_report
WHERE sent_at IS NULL
ORDER BY made_at, unit_id, month, revision
LIMIT %(limit)s
FOR UPDATE SKIP LOCKED

-- name: mark_sent
UPDATE planwatch.hj212_report SET sent_at = %(now)s WHERE report_id = ANY (%(ids)s)

-- name: waiting
-- Months that are over and not reported yet, and reports not sent.
SELECT (SELECT count(*) FROM planwatch.hj212_month WHERE waits AND month < %(this_month)s),
       (SELECT count(*) FROM planwatch.hj212_report WHERE sent_at IS NULL)

-- name: spoken
-- The points, of those asked about, that stated one of the factors asked about on or after a day.
SELECT DISTINCT asked.mn, asked.st
FROM unnest(%(mns)s::text[], %(sts)s::smallint[], %(factors)s::text[]) AS asked (mn, st, factor)
WHERE EXISTS (
    SELECT FROM planwatch.hj212_day d
    WHERE (d.mn, d.st, d.factor) = (asked.mn, asked.st, asked.factor) AND d.day >= %(since)s
)
