-- Plans as data: the accounting scope of a judgement, the law that is in force with its history and approvals, and
-- levels that others published.

SET LOCAL search_path = planwatch, public;

ALTER TABLE assessment ADD COLUMN scope text NOT NULL DEFAULT 'gross';

-- When a target left the law; its judgements stay, its standing ones are closed.
ALTER TABLE target_live ADD COLUMN ended_at timestamptz;

-- Each law that was in force, whole, under the hash of its content: a change that waits for approval is judged by the
-- one before, even after a restart.
CREATE TABLE law_live (
    law     text        NOT NULL,
    body    text        NOT NULL,              -- contract Law as JSON
    live_at timestamptz NOT NULL,
    PRIMARY KEY (live_at, law)
);

-- Who approved which law, before it came into force. One row a person.
CREATE TABLE law_approval (
    law         text        NOT NULL,
    approver    text        NOT NULL,
    note        text        NOT NULL,
    approved_at timestamptz NOT NULL,
    PRIMARY KEY (law, approver)
);

-- What changed in the law when it came into force, target by target.
CREATE TABLE plan_change (
    plan_change_id bigint   GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    law         text        NOT NULL,
    plan        text        NOT NULL,
    target      text        NOT NULL,
    kind        text        NOT NULL,          -- added, changed, ended
    before_law  text,                          -- hash of what judged it before
    after_law   text,
    fields      jsonb       NOT NULL,          -- field to [before, after], as written in the plan file
    body        jsonb,                         -- the target as it came into force; null when it ended
    approvers   text[]      NOT NULL,
    changed_at  timestamptz NOT NULL
);
CREATE INDEX plan_change_when ON plan_change (changed_at);

-- Levels that others published (the national barometers): history, never a judgement of ours.
CREATE TABLE published_level (
    publication  text       NOT NULL,
    indicator    text       NOT NULL,          -- intensity, total
    yardstick    text       NOT NULL,          -- as the publication has it; '' where it has one
    region       text       NOT NULL,          -- region code
    region_name  text       NOT NULL,
    severity     smallint   NOT NULL,
    colour       text       NOT NULL,
    label_zh     text       NOT NULL,
    period_start date       NOT NULL,
    months       smallint   NOT NULL,
    document     text,
    published_on date,
    complete     boolean    NOT NULL,          -- whether the publication is known whole; if not, absence says nothing
    confidence   text       NOT NULL,
    source       text       NOT NULL,
    loaded_at    timestamptz NOT NULL,
    PRIMARY KEY (publication, indicator, yardstick, region)
);

-- What each status, yardstick, kind of change and cause is called.
CREATE OR REPLACE VIEW board.word AS
SELECT kind, name, zh, en
FROM (VALUES
    ('status', 'not_rated', '未评定', 'not rated'),
    ('status', 'exempt', '免予考核', 'exempt'),
    ('status', 'ended', '规划期结束', 'plan ended'),
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
    ('cause', 'plan', '目标或规则变化', 'a plan change'),
    ('cause', 'related', '关联对象变化', 'a change of something it depends on')
) AS words (kind, name, zh, en);

-- The judgement that stands for each target, subject, yardstick and period, with its accounting scope.
CREATE OR REPLACE VIEW board.assessment AS
SELECT a.plan, a.target,
       coalesce(t.body ->> 'zh', a.target) AS target_zh,
       coalesce(t.body ->> 'en', a.target) AS target_en,
       a.subject, coalesce(s.name, split_part(a.subject, ':', 2)) AS subject_name, s.region,
       a.yardstick, a.period_start,
       (a.period_start + make_interval(months => a.months))::date AS period_end,
       a.months, a.status, a.severity, a.colour, a.label_zh, a.label_en,
       a.actual, a.expected, a.gap, a.unit, a.formula, a.reason, a.better,
       a.rule_set, a.path, a.edition, a.used, a.law, a.cause, a.judgement, a.judged_at, a.scope
FROM planwatch.assessment a
LEFT JOIN planwatch.target_live t USING (target)
LEFT JOIN board.subject s ON s.subject = a.subject
WHERE a.superseded_at IS NULL;

-- What changed in the law, with who approved it, newest last when ordered by changed_at.
CREATE VIEW board.plan_change AS
SELECT c.plan_change_id, c.law, c.plan, c.target, coalesce(t.body ->> 'zh', c.target) AS target_zh, c.kind,
       c.before_law, c.after_law, c.fields, c.approvers, c.changed_at
FROM planwatch.plan_change c
LEFT JOIN planwatch.target_live t USING (target);

-- Published levels, and what the newest earlier publication that names the region said of the same indicator. An issue that
-- is not known whole may have said something in between: before_publication tells which issue is meant.
CREATE VIEW board.published_level AS
SELECT p.publication, p.indicator, p.yardstick, p.region, p.region_name,
       p.severity, p.colour, p.label_zh, p.period_start,
       (p.period_start + make_interval(months => p.months))::date AS period_end, p.months, p.document, p.published_on,
       p.complete, p.confidence, p.source,
       lag(p.severity) OVER earlier AS before_severity, lag(p.label_zh) OVER earlier AS before_zh,
       lag(p.publication) OVER earlier AS before_publication
FROM planwatch.published_level p
WINDOW earlier AS (
    PARTITION BY p.indicator, p.yardstick, p.region ORDER BY p.period_start + make_interval(months => p.months), p.months
);
