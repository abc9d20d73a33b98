-- The documented views that dashboards, the command line and people with SQL read. Nothing writes here.

CREATE SCHEMA IF NOT EXISTS board;

-- Words for subjects: the newest registry name, or the id where nobody registered it.
CREATE VIEW board.subject AS
SELECT DISTINCT ON (subject)
       subject, kind, name, region, two_high, valid_from, valid_to
FROM planwatch.registry
ORDER BY subject, valid_from DESC;

-- The judgement that stands for each target, subject, yardstick and period.
CREATE VIEW board.assessment AS
SELECT a.plan, a.target,
       coalesce(t.body ->> 'zh', a.target) AS target_zh,
       coalesce(t.body ->> 'en', a.target) AS target_en,
       a.subject, coalesce(s.name, split_part(a.subject, ':', 2)) AS subject_name, s.region,
       a.yardstick, a.period_start,
       (a.period_start + make_interval(months => a.months))::date AS period_end,
       a.months, a.status, a.severity, a.colour, a.label_zh, a.label_en,
       a.actual, a.expected, a.gap, a.unit, a.formula, a.reason, a.better,
       a.rule_set, a.path, a.edition, a.used, a.law, a.cause, a.judgement, a.judged_at
FROM planwatch.assessment a
LEFT JOIN planwatch.target_live t USING (target)
LEFT JOIN board.subject s ON s.subject = a.subject
WHERE a.superseded_at IS NULL;

-- The newest judgement of each target, subject and yardstick: the barometer.
CREATE VIEW board.barometer AS
SELECT DISTINCT ON (subject, target, yardstick) *
FROM board.assessment
ORDER BY subject, target, yardstick, period_end DESC, months DESC;

-- Warnings with names.
CREATE VIEW board.warning AS
SELECT w.warning_id, w.plan, w.target,
       coalesce(t.body ->> 'zh', w.target) AS target_zh,
       coalesce(t.body ->> 'en', w.target) AS target_en,
       w.subject, coalesce(s.name, split_part(w.subject, ':', 2)) AS subject_name, s.region,
       w.yardstick, w.state, w.severity, w.colour, w.label_zh, w.label_en, w.peak, w.changes,
       w.first_start, (w.last_start + make_interval(months => w.last_months))::date AS last_end,
       w.opened_at, w.changed_at
FROM planwatch.warning w
LEFT JOIN planwatch.target_live t USING (target)
LEFT JOIN board.subject s ON s.subject = w.subject;

-- Every change of every warning, oldest first when ordered by changed_at.
CREATE VIEW board.level_change AS
SELECT c.change_id, c.warning_id, c.number, c.plan, c.target,
       coalesce(t.body ->> 'zh', c.target) AS target_zh,
       coalesce(t.body ->> 'en', c.target) AS target_en,
       c.subject, coalesce(s.name, split_part(c.subject, ':', 2)) AS subject_name, s.region,
       c.yardstick, c.kind, c.period_start,
       (c.period_start + make_interval(months => c.months))::date AS period_end,
       c.before ->> 'zh' AS before_zh, c.after ->> 'zh' AS after_zh,
       c.before_severity, c.after_severity, c.cause, c.corrected, c.changed_at
FROM planwatch.level_change c
LEFT JOIN planwatch.target_live t USING (target)
LEFT JOIN board.subject s ON s.subject = c.subject;

-- Readings with names and marks.
CREATE VIEW board.reading AS
SELECT r.subject, coalesce(s.name, split_part(r.subject, ':', 2)) AS subject_name, s.region,
       r.indicator, r.period_start, (r.period_start + make_interval(months => r.months))::date AS period_end, r.months,
       r.value, r.unit, r.amount, r.revision, r.flag, r.note, r.source, r.report_id, r.submitted_at, r.known_at
FROM planwatch.reading r
LEFT JOIN board.subject s ON s.subject = r.subject;

-- Rejects by reason, with the first fault in words.
CREATE VIEW board.reject AS
SELECT topic, partition, message_offset, reason, body #>> '{faults,0,path}' AS first_path,
       body #>> '{faults,0,message}' AS first_fault, jsonb_array_length(body -> 'faults') AS faults,
       rejected_at, published_at, redriven_at
FROM planwatch.reject;

-- Deliveries: who was told what, when, or why not.
CREATE VIEW board.delivery AS
SELECT d.change_id, d.receiver, d.state, d.reason, d.attempts, d.next_attempt_at, d.delivered_at, d.error,
       c.subject, c.target, c.kind, c.changed_at
FROM planwatch.delivery d
JOIN planwatch.level_change c USING (change_id);

-- How much waits at each stage.
CREATE VIEW board.backlog AS
SELECT (SELECT count(*) FROM planwatch.mark) AS marks,
       (SELECT min(marked_at) FROM planwatch.mark) AS oldest_mark_at,
       (SELECT count(*) FROM planwatch.outbox WHERE done_at IS NULL) AS outbox,
       (SELECT min(created_at) FROM planwatch.outbox WHERE done_at IS NULL) AS oldest_outbox_at,
       (SELECT count(*) FROM planwatch.reject WHERE published_at IS NULL) AS unpublished_rejects;
