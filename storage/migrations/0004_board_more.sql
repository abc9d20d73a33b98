-- More words for people: levels as states, histories as spans of time, changes as sentences, warnings with their figures.

-- What each status, yardstick, kind of change and cause is called.
CREATE VIEW board.word AS
SELECT kind, name, zh, en
FROM (VALUES
    ('status', 'not_rated', '未评定', 'not rated'),
    ('status', 'exempt', '豁免', 'exempt'),
    ('yardstick', 'annual', '年度', 'annual task'),
    ('yardstick', 'five_year', '五年进度', 'five-year progress'),
    ('yardstick', 'single', '单项', 'single'),
    ('change', 'raised', '发布', 'raised'),
    ('change', 'escalated', '升级', 'escalated'),
    ('change', 'eased', '缓和', 'eased'),
    ('change', 'cleared', '解除', 'cleared'),
    ('change', 'withdrawn', '撤回', 'withdrawn'),
    ('cause', 'figures', '新数据', 'new figures'),
    ('cause', 'correction', '数据更正', 'a correction'),
    ('cause', 'registry', '名录变化', 'a registry change'),
    ('cause', 'plan', '目标或规则变化', 'a plan change')
) AS words (kind, name, zh, en);

-- The targets that are live, with the force and the clause of the number.
CREATE VIEW board.target AS
SELECT target, plan, coalesce(body ->> 'zh', target) AS target_zh, coalesce(body ->> 'en', target) AS target_en,
       body ->> 'kind' AS kind, body ->> 'nature' AS nature, body ->> 'value' AS value, body ->> 'unit' AS unit,
       body #>> '{reference,document}' AS document, body #>> '{reference,number}' AS document_number,
       body #>> '{reference,section}' AS section, body #>> '{reference,quote}' AS quote, law, live_at
FROM planwatch.target_live;

-- Each judgement that stands as a span of time: it holds for the months it adds to the judgement before it.
-- ``state`` is the colour, or not_rated or exempt where no level was given; it is never green by default.
CREATE VIEW board.level_history AS
SELECT a.plan, a.target, a.target_zh, a.target_en, a.subject, a.subject_name, a.region, a.yardstick,
       y.zh AS yardstick_zh, a.period_start, a.period_end, a.months,
       greatest(a.period_start, lag(a.period_end) OVER earlier)::timestamp AT TIME ZONE 'Asia/Shanghai' AS holds_from,
       a.period_end::timestamp AT TIME ZONE 'Asia/Shanghai' AS holds_to,
       coalesce(a.colour, a.status) AS state, coalesce(a.label_zh, s.zh, a.status) AS state_zh,
       coalesce(a.label_en, s.en, a.status) AS state_en,
       a.status, a.severity, a.actual, a.expected, a.gap, a.unit, a.formula, a.reason, a.better, a.judged_at
FROM board.assessment a
LEFT JOIN board.word y ON y.kind = 'yardstick' AND y.name = a.yardstick
LEFT JOIN board.word s ON s.kind = 'status' AND s.name = a.status
WINDOW earlier AS (PARTITION BY a.subject, a.target, a.yardstick ORDER BY a.period_end, a.months);

-- The part of the barometer that gave no level, and why. It says the same as board.barometer with a condition on status,
-- but finds the few such judgements first instead of the newest judgement of everybody.
CREATE VIEW board.not_rated AS
SELECT a.plan, a.target, a.target_zh, a.target_en, a.subject, a.subject_name, a.region, a.yardstick,
       coalesce(y.zh, a.yardstick) AS yardstick_zh, a.period_start, a.period_end, a.months, a.status,
       coalesce(s.zh, a.status) AS status_zh, a.reason, a.judged_at
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
CREATE VIEW board.open_warning AS
SELECT w.warning_id, w.plan, w.target, w.target_zh, w.target_en, w.subject, w.subject_name, w.region, w.yardstick,
       y.zh AS yardstick_zh, w.severity, w.colour, w.label_zh, w.label_en, w.peak, w.changes,
       w.first_start, w.last_end,
       w.first_start::timestamp AT TIME ZONE 'Asia/Shanghai' AS since,
       w.last_end::timestamp AT TIME ZONE 'Asia/Shanghai' AS until,
       a.actual, a.expected, a.gap, a.unit, a.formula, a.reason, a.better, t.document, t.section, t.quote,
       w.opened_at, w.changed_at
FROM board.warning w
LEFT JOIN board.target t ON t.target = w.target
LEFT JOIN board.word y ON y.kind = 'yardstick' AND y.name = w.yardstick
LEFT JOIN LATERAL (
    SELECT b.actual, b.expected, b.gap, b.unit, b.formula, b.reason, b.better
    FROM board.assessment b
    WHERE b.subject = w.subject AND b.target = w.target AND b.yardstick = w.yardstick AND b.period_end = w.last_end
    ORDER BY b.months DESC
    LIMIT 1
) a ON true
WHERE w.state = 'active';

-- Each change of a warning as one sentence, with the last month of its period as times in Asia/Shanghai.
CREATE VIEW board.change_in_words AS
SELECT c.change_id, c.warning_id, c.plan, c.target, c.target_zh, c.target_en, c.subject, c.subject_name, c.region,
       c.yardstick, y.zh AS yardstick_zh, c.kind, k.zh AS kind_zh, c.before_severity, c.after_severity,
       c.period_start, c.period_end,
       (c.period_end - interval '1 month') AT TIME ZONE 'Asia/Shanghai' AS month_from,
       c.period_end::timestamp AT TIME ZONE 'Asia/Shanghai' AS month_to,
       c.subject_name || '「' || c.target_zh || '」' || coalesce(y.zh, c.yardstick) || '预警' || coalesce(k.zh, c.kind)
           || '：' || coalesce(c.before_zh, '无预警') || ' → ' || coalesce(c.after_zh, '无预警')
           || '（截至' || to_char(c.period_end - 1, 'YYYY"年"FMMM"月"') || '，因' || coalesce(z.zh, c.cause)
           || CASE WHEN c.corrected THEN '，修正此前发布' ELSE '' END || '）' AS words_zh,
       c.cause, c.corrected, c.changed_at
FROM board.level_change c
LEFT JOIN board.word y ON y.kind = 'yardstick' AND y.name = c.yardstick
LEFT JOIN board.word k ON k.kind = 'change' AND k.name = c.kind
LEFT JOIN board.word z ON z.kind = 'cause' AND z.name = c.cause;
