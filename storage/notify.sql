-- Queries of the notify stage: which changes are due for whom, what became of them, and which warnings are active.

-- name: waiting_warnings
-- Warnings with a change that is due for a receiver, oldest change first. For each receiver the oldest change of a
-- warning that is not settled holds back the later ones of that warning, whether or not it is due itself.
WITH queue AS (
    SELECT o.sequence, o.warning_id, d.next_attempt_at,
           row_number() OVER (PARTITION BY r.receiver, o.warning_id ORDER BY o.sequence) AS place
    FROM planwatch.outbox o
    CROSS JOIN unnest(%(receivers)s::text[]) AS r (receiver)
    LEFT JOIN planwatch.delivery d ON d.change_id = o.change_id AND d.receiver = r.receiver
    WHERE o.done_at IS NULL AND (d.state IS NULL OR d.state = 'pending')
)
SELECT warning_id
FROM queue
WHERE place = 1 AND (next_attempt_at IS NULL OR next_attempt_at <= %(now)s)
GROUP BY warning_id
ORDER BY min(sequence)
LIMIT %(limit)s * 4

-- name: lock_warnings
-- Those of the warnings that nobody else works on, locked until the session lets go. In the order given, up to a limit.
SELECT warning_id
FROM unnest(%(warnings)s::text[]) AS w (warning_id)
WHERE pg_try_advisory_lock(hashtextextended(warning_id, 2))
LIMIT %(limit)s

-- name: unlock_all
SELECT pg_advisory_unlock_all()

-- name: due
-- The change that is next for each receiver and locked warning. Read after locking, so that nothing is stale.
WITH queue AS (
    SELECT o.sequence, o.change_id, r.receiver, d.state, d.attempts, d.next_attempt_at,
           row_number() OVER (PARTITION BY r.receiver, o.warning_id ORDER BY o.sequence) AS place
    FROM planwatch.outbox o
    CROSS JOIN unnest(%(receivers)s::text[]) AS r (receiver)
    LEFT JOIN planwatch.delivery d ON d.change_id = o.change_id AND d.receiver = r.receiver
    WHERE o.done_at IS NULL AND (d.state IS NULL OR d.state = 'pending') AND o.warning_id = ANY (%(warnings)s)
)
SELECT q.receiver, q.state, coalesce(q.attempts, 0), o.created_at, o.body
FROM queue q JOIN planwatch.outbox o USING (change_id)
WHERE q.place = 1 AND (q.next_attempt_at IS NULL OR q.next_attempt_at <= %(now)s)
ORDER BY q.sequence, q.receiver

-- name: save_delivery
-- What became of a change for a receiver; what is final stays final.
INSERT INTO planwatch.delivery (change_id, receiver, state, reason, attempts, next_attempt_at, delivered_at, error)
VALUES (%(change_id)s, %(receiver)s, %(state)s, %(reason)s, %(attempts)s, %(next_attempt_at)s, %(delivered_at)s,
        %(error)s)
ON CONFLICT (change_id, receiver) DO UPDATE SET
    state = excluded.state, reason = excluded.reason, attempts = excluded.attempts,
    next_attempt_at = excluded.next_attempt_at, delivered_at = excluded.delivered_at, error = excluded.error
WHERE planwatch.delivery.state = 'pending'

-- name: settle
-- A change is done when every receiver is told, spared or given up. All open changes if none are named.
UPDATE planwatch.outbox o SET done_at = %(now)s
WHERE o.done_at IS NULL
  AND (%(changes)s::text[] IS NULL OR o.change_id = ANY (%(changes)s))
  AND NOT EXISTS (
      SELECT FROM unnest(%(receivers)s::text[]) AS r (receiver)
      LEFT JOIN planwatch.delivery d ON d.change_id = o.change_id AND d.receiver = r.receiver
      WHERE d.state IS NULL OR d.state = 'pending'
  )

-- name: active_warnings
-- A page of active warnings.
SELECT warning_id FROM planwatch.warning
WHERE state = 'active' AND warning_id > %(after)s
ORDER BY warning_id
LIMIT %(limit)s

-- name: newest_changes
-- The newest change of locked active warnings, where the receiver has been told of it (or could not be): a change that
-- is still on its way is sent by itself, and one that was suppressed stays unsaid.
SELECT d.receiver, d.state, d.attempts, o.created_at, o.body
FROM planwatch.warning w
JOIN planwatch.outbox o ON o.change_id = w.warning_id || '/' || w.changes
JOIN planwatch.delivery d ON d.change_id = o.change_id AND d.receiver = %(receiver)s
WHERE w.warning_id = ANY (%(warnings)s) AND w.state = 'active' AND d.state IN ('delivered', 'failed')
ORDER BY w.warning_id

-- name: backlog
SELECT count(*), coalesce(extract(epoch FROM %(now)s - min(created_at)), 0)::float8
FROM planwatch.outbox WHERE done_at IS NULL

-- name: count_active
SELECT severity, count(*) FROM planwatch.warning WHERE state = 'active' GROUP BY severity

-- name: warnings
-- Warnings for people, worst and newest first. ``first_end`` is the end of the year to date it was raised for.
SELECT w.warning_id, w.target, w.target_zh, w.subject, w.subject_name, w.region, w.yardstick, w.state, w.severity,
       w.colour, w.label_zh, w.peak, w.changes, w.first_start,
       (e.first_start + make_interval(months => e.first_months))::date AS first_end, w.last_end,
       w.opened_at, w.changed_at
FROM board.warning w
JOIN planwatch.warning e USING (warning_id)
WHERE (%(everything)s OR w.state = 'active')
  AND (%(region)s::text IS NULL OR w.subject = 'region:' || %(region)s OR w.region = %(region)s)
ORDER BY w.state, w.severity DESC, w.changed_at DESC, w.warning_id

-- name: warning
-- Warnings whose id begins so; two are enough to know that it is not one.
SELECT w.warning_id, w.target, w.target_zh, w.subject, w.subject_name, w.region, w.yardstick, w.state, w.severity,
       w.colour, w.label_zh, w.peak, w.changes, w.first_start,
       (e.first_start + make_interval(months => e.first_months))::date AS first_end, w.last_end,
       w.opened_at, w.changed_at
FROM board.warning w
JOIN planwatch.warning e USING (warning_id)
WHERE starts_with(w.warning_id, %(warning_id)s)
ORDER BY w.warning_id
LIMIT 2

-- name: changes_of
-- The story of a warning: each change with what was said of it.
SELECT c.change_id, c.number, c.kind, c.period_start, c.months, c.before, c.after, c.cause, c.corrected, c.law,
       c.changed_at, o.body -> 'facts' AS facts
FROM planwatch.level_change c
LEFT JOIN planwatch.outbox o USING (change_id)
WHERE c.warning_id = %(warning_id)s
ORDER BY c.number

-- name: deliveries_of
SELECT d.change_id, d.receiver, d.state, d.reason, d.attempts, d.next_attempt_at, d.delivered_at, d.error
FROM planwatch.delivery d
JOIN planwatch.outbox o USING (change_id)
WHERE o.warning_id = %(warning_id)s
ORDER BY o.sequence, d.receiver
