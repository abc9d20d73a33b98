-- What was behind a judgement and a change of a warning: the report, the register entry, the law, beside the kind of cause.

SET LOCAL search_path = planwatch, public;

-- Empty: written before this was kept.
ALTER TABLE assessment ADD COLUMN caused_by text NOT NULL DEFAULT '';
ALTER TABLE level_change ADD COLUMN caused_by text NOT NULL DEFAULT '';

-- Every change of every warning, oldest first when ordered by changed_at.
CREATE OR REPLACE VIEW board.level_change AS
SELECT c.change_id, c.warning_id, c.number, c.plan, c.target,
       coalesce(t.body ->> 'zh', c.target) AS target_zh,
       coalesce(t.body ->> 'en', c.target) AS target_en,
       c.subject, coalesce(s.name, split_part(c.subject, ':', 2)) AS subject_name, s.region,
       c.yardstick, c.kind, c.period_start,
       (c.period_start + make_interval(months => c.months))::date AS period_end,
       c.before ->> 'zh' AS before_zh, c.after ->> 'zh' AS after_zh,
       c.before_severity, c.after_severity, c.cause, c.corrected, c.changed_at, c.caused_by
FROM planwatch.level_change c
LEFT JOIN planwatch.target_live t USING (target)
LEFT JOIN board.subject s ON s.subject = c.subject;
