-- Time twice: what was known at any time. Figures and judgements are append-only already; registry entries become so, and
-- each view of what stands has a function that answers for a time.

SET LOCAL search_path = planwatch, public;

-- Every registry entry that another one replaced.
CREATE TABLE registry_superseded (LIKE registry,
    superseded_at timestamptz NOT NULL
);
CREATE INDEX registry_superseded_subject ON registry_superseded (subject, valid_from, superseded_at);

CREATE FUNCTION keep_superseded_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO planwatch.registry_superseded
    SELECT OLD.*, NEW.known_at;
    RETURN NEW;
END $$;

-- A trigger, so that no writer can forget it.
CREATE TRIGGER registry_keeps_what_it_replaces
BEFORE UPDATE ON registry FOR EACH ROW
WHEN (OLD.body IS DISTINCT FROM NEW.body OR OLD.revision IS DISTINCT FROM NEW.revision)
EXECUTE FUNCTION keep_superseded_record();

-- Registry entries as they were known at a time.
CREATE FUNCTION board.registry_as_of(at timestamptz) RETURNS SETOF planwatch.registry LANGUAGE sql STABLE AS $$
    SELECT * FROM planwatch.registry WHERE known_at <= at
    UNION ALL
    SELECT subject, kind, revision, name, region, two_high, valid_from, valid_to, body, known_at
    FROM planwatch.registry_superseded
    WHERE known_at <= at AND superseded_at > at
$$;

-- Words for subjects as they were known at a time.
CREATE FUNCTION board.subject_as_of(at timestamptz) RETURNS SETOF board.subject LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (subject) subject, kind, name, region, two_high, valid_from, valid_to
    FROM board.registry_as_of(at)
    ORDER BY subject, valid_from DESC
$$;

-- Targets as they were live at a time: id, plan, and the target's own text.
CREATE FUNCTION board.target_as_of(at timestamptz) RETURNS TABLE (target text, plan text, body jsonb)
LANGUAGE sql STABLE AS $$
    SELECT target, plan, body
    FROM (
        SELECT DISTINCT ON (c.target) c.target, c.plan, c.body, c.kind
        FROM planwatch.plan_change c
        WHERE c.changed_at <= at
        ORDER BY c.target, c.changed_at DESC, c.plan_change_id DESC
    ) newest
    WHERE kind <> 'ended'
$$;

-- What board.assessment said at a time.
CREATE FUNCTION board.assessment_as_of(at timestamptz) RETURNS SETOF board.assessment LANGUAGE sql STABLE AS $$
    SELECT a.plan, a.target,
           coalesce(t.body ->> 'zh', a.target),
           coalesce(t.body ->> 'en', a.target),
           a.subject, coalesce(s.name, split_part(a.subject, ':', 2)), s.region,
           a.yardstick, a.period_start,
           (a.period_start + make_interval(months => a.months))::date,
           a.months, a.status, a.severity, a.colour, a.label_zh, a.label_en,
           a.actual, a.expected, a.gap, a.unit, a.formula, a.reason, a.better,
           a.rule_set, a.path, a.edition, a.used, a.law, a.cause, a.judgement, a.judged_at, a.scope
    FROM planwatch.assessment a
    LEFT JOIN board.target_as_of(at) t USING (target)
    LEFT JOIN board.subject_as_of(at) s ON s.subject = a.subject
    WHERE a.judged_at <= at AND (a.superseded_at IS NULL OR a.superseded_at > at)
$$;

-- The newest judgement of each target, subject and yardstick, as it was known at a time.
CREATE FUNCTION board.barometer_as_of(at timestamptz) RETURNS SETOF board.assessment LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (subject, target, yardstick) *
    FROM board.assessment_as_of(at)
    ORDER BY subject, target, yardstick, period_end DESC, months DESC
$$;

-- What board.reading said at a time.
CREATE FUNCTION board.reading_as_of(at timestamptz) RETURNS SETOF board.reading LANGUAGE sql STABLE AS $$
    SELECT r.subject, coalesce(s.name, split_part(r.subject, ':', 2)), s.region,
           r.indicator, r.period_start, (r.period_start + make_interval(months => r.months))::date, r.months,
           r.value, r.unit, r.amount, r.revision, r.flag, r.note, r.source, r.report_id, r.submitted_at, r.known_at
    FROM (
        SELECT period_start, months, subject, indicator, revision, submitted_at, report_id, value, unit, amount, flag, note,
               source, known_at
        FROM planwatch.reading WHERE known_at <= at
        UNION ALL
        SELECT period_start, months, subject, indicator, revision, submitted_at, report_id, value, unit, amount, flag, note,
               source, known_at
        FROM planwatch.reading_superseded WHERE known_at <= at AND superseded_at > at
    ) r
    LEFT JOIN board.subject_as_of(at) s ON s.subject = r.subject
$$;

-- Warnings as they stood at a time: what the last change until then left.
CREATE FUNCTION board.warning_as_of(at timestamptz)
RETURNS TABLE (warning_id text, plan text, target text, subject text, yardstick text, state text, severity smallint,
               label_zh text, peak smallint, changes integer, opened_at timestamptz, changed_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (c.warning_id) c.warning_id, c.plan, c.target, c.subject, c.yardstick,
           CASE c.kind WHEN 'cleared' THEN 'cleared' WHEN 'withdrawn' THEN 'withdrawn' ELSE 'active' END,
           coalesce(c.after_severity, c.before_severity), coalesce(c.after ->> 'zh', c.before ->> 'zh'),
           max(c.after_severity) OVER story, c.number, min(c.changed_at) OVER story, c.changed_at
    FROM planwatch.level_change c
    WHERE c.changed_at <= at
    WINDOW story AS (PARTITION BY c.warning_id)
    ORDER BY c.warning_id, c.number DESC
$$;
