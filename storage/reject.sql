-- Queries about rejects, for people: what was rejected, why, and what was sent again.
-- All take the same filter: reason, topic, subject (its bytes in the key, or its id in the value, because the key
-- itself may be what is wrong), rejected from and before, and whether only those not sent again are meant.

-- name: rejects
-- Newest first.
SELECT topic || '/' || partition || '/' || message_offset AS id, reason, (body ->> 'attempt')::integer AS attempt,
       body #>> '{faults,0,path}' AS path, body #>> '{faults,0,message}' AS fault,
       jsonb_array_length(body -> 'faults') AS faults, rejected_at, published_at, redriven_at
FROM planwatch.reject
WHERE (%(reason)s::text IS NULL OR reason = %(reason)s)
  AND (%(topic)s::text IS NULL OR topic = %(topic)s)
  AND (%(since)s::timestamptz IS NULL OR rejected_at >= %(since)s)
  AND (%(before)s::timestamptz IS NULL OR rejected_at < %(before)s)
  AND (NOT %(pending)s OR redriven_at IS NULL)
  AND (%(subject)s::text IS NULL
       OR position(convert_to(%(subject)s, 'UTF8') IN decode(coalesce(body ->> 'key', ''), 'base64')) > 0
       OR position(convert_to(%(subject_id)s, 'UTF8') IN decode(coalesce(body ->> 'value', ''), 'base64')) > 0)
ORDER BY rejected_at DESC, topic, partition, message_offset DESC
LIMIT %(limit)s

-- name: count_rejects
-- How many by reason, and how many of them nobody has sent again.
SELECT reason, count(*) AS rejects, count(*) FILTER (WHERE redriven_at IS NULL) AS pending,
       count(*) FILTER (WHERE (body ->> 'attempt')::integer > 1) AS repeated,
       min(rejected_at) AS first, max(rejected_at) AS last
FROM planwatch.reject
WHERE (%(reason)s::text IS NULL OR reason = %(reason)s)
  AND (%(topic)s::text IS NULL OR topic = %(topic)s)
  AND (%(since)s::timestamptz IS NULL OR rejected_at >= %(since)s)
  AND (%(before)s::timestamptz IS NULL OR rejected_at < %(before)s)
  AND (NOT %(pending)s OR redriven_at IS NULL)
  AND (%(subject)s::text IS NULL
       OR position(convert_to(%(subject)s, 'UTF8') IN decode(coalesce(body ->> 'key', ''), 'base64')) > 0
       OR position(convert_to(%(subject_id)s, 'UTF8') IN decode(coalesce(body ->> 'value', ''), 'base64')) > 0)
GROUP BY reason
ORDER BY rejects DESC, reason

-- name: reject_at
SELECT body::text, published_at, redriven_at
FROM planwatch.reject
WHERE topic = %(topic)s AND partition = %(partition)s AND message_offset = %(offset)s

-- name: to_redrive
-- Locked, so that two people never send the same message again at once: who comes second waits and finds it sent. A row
-- that ingest is just publishing is waited for too; passing over it would say «nothing to send». In partition order.
SELECT body::text
FROM planwatch.reject
WHERE redriven_at IS NULL
  AND (%(reason)s::text IS NULL OR reason = %(reason)s)
  AND (%(topic)s::text IS NULL OR topic = %(topic)s)
  AND (%(since)s::timestamptz IS NULL OR rejected_at >= %(since)s)
  AND (%(before)s::timestamptz IS NULL OR rejected_at < %(before)s)
  AND (%(subject)s::text IS NULL
       OR position(convert_to(%(subject)s, 'UTF8') IN decode(coalesce(body ->> 'key', ''), 'base64')) > 0
       OR position(convert_to(%(subject_id)s, 'UTF8') IN decode(coalesce(body ->> 'value', ''), 'base64')) > 0)
ORDER BY topic, partition, message_offset
LIMIT %(limit)s
FOR UPDATE

-- name: to_redrive_at
SELECT body::text
FROM planwatch.reject
WHERE topic = %(topic)s AND partition = %(partition)s AND message_offset = %(offset)s
FOR UPDATE

-- name: mark_redriven
UPDATE planwatch.reject SET redriven_at = %(now)s
WHERE topic = %(topic)s AND partition = %(partition)s AND message_offset = %(offset)s
