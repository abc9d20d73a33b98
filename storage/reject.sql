-- Queries about rejects, for people: what was rejected, why, and what was sent again.

-- name: rejects
-- Newest first.
SELECT topic || '/' || partition || '/' || message_offset AS id, reason, (body ->> 'attempt')::integer AS attempt,
       body #>> '{faults,0,path}' AS path, body #>> '{faults,0,message}' AS fault,
       jsonb_array_length(body -> 'faults') AS faults, rejected_at, published_at, redriven_at
FROM planwatch.reject
WHERE (%(reason)s::text IS NULL OR reason = %(reason)s)
  AND (%(topic)s::text IS NULL OR topic = %(topic)s)
ORDER BY rejected_at DESC, topic, partition, message_offset DESC
LIMIT %(limit)s

-- name: reject_at
SELECT body::text, published_at, redriven_at
FROM planwatch.reject
WHERE topic = %(topic)s AND partition = %(partition)s AND message_offset = %(offset)s

-- name: to_redrive
-- Locked, so that two people never send the same message again at once: who comes second waits and finds it sent. A row
-- that ingest is just publishing is waited for too; passing over it would say «nothing to send». In partition order.
SELECT body::text
FROM planwatch.reject
WHERE redriven_at IS NULL AND reason = %(reason)s
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
