-- How much of a sum was there stands beside every judgement; and each function of a time answers with the columns of the
-- view it is the past of.

SET LOCAL search_path = planwatch, public;

-- NULL: the figure is the subject's own and no sum, or it was judged before this was kept.
ALTER TABLE assessment
    ADD COLUMN coverage      numeric,          -- per cent of what was expected of the members that is in the sum
    ADD COLUMN sources_there integer,          -- members that reported all their months
    ADD COLUMN sources       integer;          -- members

-- Words for subjects: the name of the newest entry that has begun, or the id where nobody registered it. Written out and not
-- by registry_on: a view reads with its owner's rights, a function in it with those of the reader, who may see board alone.
CREATE OR REPLACE VIEW board.subject AS
SELECT r.subject, r.kind, r.name,
       CASE WHEN r.kind = 'region' AND r.valid_to >= planwatch.local_day(now()) THEN r.body ->> 'parent' ELSE r.region END
           AS region,
       r.two_high, r.valid_from, r.valid_to
FROM planwatch.registry r
WHERE r.valid_from <= planwatch.local_day(now()) AND r.kind NOT IN ('duty', 'working_year')
  AND NOT EXISTS (
      SELECT FROM planwatch.registry later
      WHERE later.subject = r.subject AND later.valid_from > r.valid_from
        AND later.valid_from <= planwatch.local_day(now())
  );

-- The judgement that stands for each target, subject, yardstick and period, with the coverage of sums in per cent.
CREATE OR REPLACE VIEW board.assessment AS
SELECT a.plan, a.target,
       coalesce(t.body ->> 'zh', a.target) AS target_zh,
       coalesce(t.body ->> 'en', a.target) AS target_en,
       a.subject, coalesce(s.name, split_part(a.subject, ':', 2)) AS subject_name, s.region,
       a.yardstick, a.period_start,
       (a.period_start + make_interval(months => a.months))::date AS period_end,
       a.months, a.status, a.severity, a.colour, a.label_zh, a.label_en,
       a.actual, a.expected, a.gap, a.unit, a.formula, a.reason, a.better,
       a.rule_set, a.path, a.edition, a.used, a.law, a.cause, a.judgement, a.judged_at, a.scope,
       a.coverage, a.sources_there, a.sources
FROM planwatch.assessment a
LEFT JOIN planwatch.target_live t USING (target)
LEFT JOIN board.subject s ON s.subject = a.subject
WHERE a.superseded_at IS NULL;

-- The newest judgement of each target, subject and yardstick: the barometer.
CREATE OR REPLACE VIEW board.barometer AS
SELECT DISTINCT ON (subject, target, yardstick) *
FROM board.assessment
ORDER BY subject, target, yardstick, period_end DESC, months DESC;

-- Each judgement that stands as a span of time: it holds for the months it adds to the judgement before it.
-- ``state`` is the colour, or not_rated or exempt where no level was given; it is never green by default.
CREATE OR REPLACE VIEW board.level_history AS
SELECT a.plan, a.target, a.target_zh, a.target_en, a.subject, a.subject_name, a.region, a.yardstick,
       y.zh AS yardstick_zh, a.period_start, a.period_end, a.months,
       greatest(a.period_start, lag(a.period_end) OVER earlier)::timestamp AT TIME ZONE 'Asia/Shanghai' AS holds_from,
       a.period_end::timestamp AT TIME ZONE 'Asia/Shanghai' AS holds_to,
       coalesce(a.colour, a.status) AS state, coalesce(a.label_zh, s.zh, a.status) AS state_zh,
       coalesce(a.label_en, s.en, a.status) AS state_en,
       a.status, a.severity, a.actual, a.expected, a.gap, a.unit, a.formula, a.reason, a.better, a.judged_at,
       a.coverage, a.sources_there, a.sources
FROM board.assessment a
LEFT JOIN board.word y ON y.kind = 'yardstick' AND y.name = a.yardstick
LEFT JOIN board.word s ON s.kind = 'status' AND s.name = a.status
WINDOW earlier AS (PARTITION BY a.subject, a.target, a.yardstick ORDER BY a.period_end, a.months);

-- The part of the barometer that gave no level, and why. It says the same as board.barometer with a condition on status,
-- but finds the few such judgements first instead of the newest judgement of everybody.
CREATE OR REPLACE VIEW board.not_rated AS
SELECT a.plan, a.target, a.target_zh, a.target_en, a.subject, a.subject_name, a.region, a.yardstick,
       coalesce(y.zh, a.yardstick) AS yardstick_zh, a.period_start, a.period_end, a.months, a.status,
       coalesce(s.zh, a.status) AS status_zh, a.reason, a.judged_at, a.coverage, a.sources_there, a.sources
FROM board.assessment a
LEFT JOIN board.word y ON y.kind = 'yardstick' AND y.name = a.yardstick
LEFT JOIN board.word s ON s.kind = 'status' AND s.name = a.status
WHERE a.status <> 'rated' AND NOT EXISTS (
    SELECT
    FROM board.assessment n
    WHERE n.subject = a.subject AND n.target = a.target AND n.yardstick = a.yardstick
      AND (n.period_end, n.months) > (a.period_end, a.months)
);

-- Active warnings with the figures, the formula and the way out of the newest period they cover.
-- ``since`` and ``until`` bound the periods of the warning, as times in Asia/Shanghai.
CREATE OR REPLACE VIEW board.open_warning AS
SELECT w.warning_id, w.plan, w.target, w.target_zh, w.target_en, w.subject, w.subject_name, w.region, w.yardstick,
       y.zh AS yardstick_zh, w.severity, w.colour, w.label_zh, w.label_en, w.peak, w.changes,
       w.first_start, w.last_end,
       w.first_start::timestamp AT TIME ZONE 'Asia/Shanghai' AS since,
       w.last_end::timestamp AT TIME ZONE 'Asia/Shanghai' AS until,
       a.actual, a.expected, a.gap, a.unit, a.formula, a.reason, a.better, t.document, t.section, t.quote,
       w.opened_at, w.changed_at, a.coverage, a.sources_there, a.sources
FROM board.warning w
LEFT JOIN board.target t ON t.target = w.target
LEFT JOIN board.word y ON y.kind = 'yardstick' AND y.name = w.yardstick
LEFT JOIN LATERAL (
    SELECT b.actual, b.expected, b.gap, b.unit, b.formula, b.reason, b.better, b.coverage, b.sources_there, b.sources
    FROM board.assessment b
    WHERE b.subject = w.subject AND b.target = w.target AND b.yardstick = w.yardstick AND b.period_end = w.last_end
    ORDER BY b.months DESC
    LIMIT 1
) a ON true
WHERE w.state = 'active';

DROP FUNCTION board.barometer_as_of(timestamptz);
DROP FUNCTION board.target_as_of(timestamptz);
DROP FUNCTION board.warning_as_of(timestamptz);

-- Targets as they were live at a time, as written.
CREATE FUNCTION target_then(at timestamptz) RETURNS TABLE (target text, plan text, body jsonb, law text, live_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT target, plan, body, after_law, changed_at
    FROM (
        SELECT DISTINCT ON (c.target) c.target, c.plan, c.body, c.kind, c.after_law, c.changed_at
        FROM planwatch.plan_change c
        WHERE c.changed_at <= at
        ORDER BY c.target, c.changed_at DESC, c.plan_change_id DESC
    ) newest
    WHERE kind <> 'ended'
$$;

CREATE FUNCTION board.target_as_of(at timestamptz) RETURNS SETOF board.target LANGUAGE sql STABLE AS $$
    SELECT target, plan, coalesce(body ->> 'zh', target), coalesce(body ->> 'en', target),
           body ->> 'kind', body ->> 'nature', body ->> 'value', body ->> 'unit',
           body #>> '{reference,document}', body #>> '{reference,number}',
           body #>> '{reference,section}', body #>> '{reference,quote}', law, live_at
    FROM planwatch.target_then(at)
$$;

CREATE OR REPLACE FUNCTION board.assessment_as_of(at timestamptz) RETURNS SETOF board.assessment
LANGUAGE sql STABLE AS $$
    SELECT a.plan, a.target,
           coalesce(t.body ->> 'zh', a.target),
           coalesce(t.body ->> 'en', a.target),
           a.subject, coalesce(s.name, split_part(a.subject, ':', 2)), s.region,
           a.yardstick, a.period_start,
           (a.period_start + make_interval(months => a.months))::date,
           a.months, a.status, a.severity, a.colour, a.label_zh, a.label_en,
           a.actual, a.expected, a.gap, a.unit, a.formula, a.reason, a.better,
           a.rule_set, a.path, a.edition, a.used, a.law, a.cause, a.judgement, a.judged_at, a.scope,
           a.coverage, a.sources_there, a.sources
    FROM planwatch.assessment a
    LEFT JOIN planwatch.target_then(at) t USING (target)
    LEFT JOIN board.subject_as_of(at) s ON s.subject = a.subject
    WHERE a.judged_at <= at AND (a.superseded_at IS NULL OR a.superseded_at > at)
$$;

CREATE FUNCTION board.barometer_as_of(at timestamptz) RETURNS SETOF board.barometer LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (subject, target, yardstick) *
    FROM board.assessment_as_of(at)
    ORDER BY subject, target, yardstick, period_end DESC, months DESC
$$;

CREATE FUNCTION board.level_history_as_of(at timestamptz) RETURNS SETOF board.level_history LANGUAGE sql STABLE AS $$
    SELECT a.plan, a.target, a.target_zh, a.target_en, a.subject, a.subject_name, a.region, a.yardstick,
           y.zh, a.period_start, a.period_end, a.months,
           greatest(a.period_start, lag(a.period_end) OVER earlier)::timestamp AT TIME ZONE 'Asia/Shanghai',
           a.period_end::timestamp AT TIME ZONE 'Asia/Shanghai',
           coalesce(a.colour, a.status), coalesce(a.label_zh, s.zh, a.status), coalesce(a.label_en, s.en, a.status),
           a.status, a.severity, a.actual, a.expected, a.gap, a.unit, a.formula, a.reason, a.better, a.judged_at,
           a.coverage, a.sources_there, a.sources
    FROM board.assessment_as_of(at) a
    LEFT JOIN board.word y ON y.kind = 'yardstick' AND y.name = a.yardstick
    LEFT JOIN board.word s ON s.kind = 'status' AND s.name = a.status
    WINDOW earlier AS (PARTITION BY a.subject, a.target, a.yardstick ORDER BY a.period_end, a.months)
$$;

CREATE FUNCTION board.not_rated_as_of(at timestamptz) RETURNS SETOF board.not_rated LANGUAGE sql STABLE AS $$
    SELECT a.plan, a.target, a.target_zh, a.target_en, a.subject, a.subject_name, a.region, a.yardstick,
           coalesce(y.zh, a.yardstick), a.period_start, a.period_end, a.months, a.status,
           coalesce(s.zh, a.status), a.reason, a.judged_at, a.coverage, a.sources_there, a.sources
    FROM board.barometer_as_of(at) a
    LEFT JOIN board.word y ON y.kind = 'yardstick' AND y.name = a.yardstick
    LEFT JOIN board.word s ON s.kind = 'status' AND s.name = a.status
    WHERE a.status <> 'rated'
$$;

-- Warnings as they stood at a time: what the last change until then left. Between changes a warning goes on for as long as
-- the judgements known then are above the best level; where none of them stands any more (a warning that was withdrawn, or
-- one carried on from another target) the periods are those of its changes.
CREATE FUNCTION board.warning_as_of(at timestamptz) RETURNS SETOF board.warning LANGUAGE sql STABLE AS $$
    WITH last AS (
        SELECT DISTINCT ON (c.warning_id) c.*, CASE WHEN c.kind IN ('cleared', 'withdrawn') THEN c.before ELSE c.after END AS level,
               CASE c.kind WHEN 'cleared' THEN 'cleared' WHEN 'withdrawn' THEN 'withdrawn' ELSE 'active' END AS state,
               (c.period_start + make_interval(months => c.months))::date AS period_end,
               min(c.period_start) OVER story AS first_start, max(c.after_severity) OVER story AS peak,
               min(c.changed_at) OVER story AS opened_at, max(c.changed_at) OVER story AS told_at,
               max(c.number) OVER story AS changes
        FROM planwatch.level_change c
        WHERE c.changed_at <= at
        WINDOW story AS (PARTITION BY c.warning_id)
        ORDER BY c.warning_id, c.kind = 'restated', c.number DESC  -- which says something of an earlier period
    ), point AS (
        SELECT l.warning_id, l.state, a.period_start, (a.period_start + make_interval(months => a.months))::date AS period_end,
               -a.months AS shorter, coalesce(a.severity, 0) > 0 AS loud, l.period_end AS told_end, -l.months AS told_shorter
        FROM last l
        JOIN planwatch.assessment a USING (subject, target, yardstick)
        WHERE a.judged_at <= at AND (a.superseded_at IS NULL OR a.superseded_at > at) AND a.status <> 'not_rated'
    ), run AS (
        SELECT p.warning_id,
               (array_agg(p.period_start ORDER BY p.period_end, p.shorter))[1] AS first_start, max(p.period_end) AS last_end
        FROM point p
        WHERE p.loud AND p.state <> 'withdrawn'
          AND (p.state = 'active' OR (p.period_end, p.shorter) < (p.told_end, p.told_shorter))
          AND NOT EXISTS (
              SELECT FROM point q
              WHERE q.warning_id = p.warning_id AND NOT q.loud AND (q.period_end, q.shorter) > (p.period_end, p.shorter)
                AND (p.state = 'active' OR (q.period_end, q.shorter) < (p.told_end, p.told_shorter))
          )
        GROUP BY p.warning_id
    )
    SELECT l.warning_id, l.plan, l.target, coalesce(t.body ->> 'zh', l.target), coalesce(t.body ->> 'en', l.target),
           l.subject, coalesce(s.name, split_part(l.subject, ':', 2)), s.region, l.yardstick, l.state,
           (l.level ->> 'severity')::smallint, l.level ->> 'colour', l.level ->> 'zh', l.level ->> 'en', l.peak, l.changes,
           coalesce(r.first_start, l.first_start), coalesce(r.last_end, l.period_end), l.opened_at, l.told_at
    FROM last l
    LEFT JOIN run r USING (warning_id)
    LEFT JOIN planwatch.target_then(at) t USING (target)
    LEFT JOIN board.subject_as_of(at) s ON s.subject = l.subject
$$;

CREATE FUNCTION board.open_warning_as_of(at timestamptz) RETURNS SETOF board.open_warning LANGUAGE sql STABLE AS $$
    SELECT w.warning_id, w.plan, w.target, w.target_zh, w.target_en, w.subject, w.subject_name, w.region, w.yardstick,
           y.zh, w.severity, w.colour, w.label_zh, w.label_en, w.peak, w.changes, w.first_start, w.last_end,
           w.first_start::timestamp AT TIME ZONE 'Asia/Shanghai', w.last_end::timestamp AT TIME ZONE 'Asia/Shanghai',
           a.actual, a.expected, a.gap, a.unit, a.formula, a.reason, a.better, t.document, t.section, t.quote,
           w.opened_at, w.changed_at, a.coverage, a.sources_there, a.sources
    FROM board.warning_as_of(at) w
    LEFT JOIN board.target_as_of(at) t ON t.target = w.target
    LEFT JOIN board.word y ON y.kind = 'yardstick' AND y.name = w.yardstick
    LEFT JOIN (
        SELECT DISTINCT ON (subject, target, yardstick, period_end) *
        FROM board.assessment_as_of(at)
        ORDER BY subject, target, yardstick, period_end, months DESC
    ) a ON (a.subject, a.target, a.yardstick, a.period_end) = (w.subject, w.target, w.yardstick, w.last_end)
    WHERE w.state = 'active'
$$;
