-- Quality of figures: what the checks found, how each finding lives, and what people said about it.

SET LOCAL search_path = planwatch, public;

-- Findings, append-only like judgements: a new version closes the one before. While a finding whose outcome is hold or
-- reject is open or explained, its figure is out of sums.
CREATE TABLE finding (
    rule          text        NOT NULL,          -- Q01 …
    subject       text        NOT NULL,
    indicator     text        NOT NULL,          -- '*': everything stated for the period
    period_start  date        NOT NULL,
    months        smallint    NOT NULL,
    version       integer     NOT NULL,          -- 1, 2, 3 … of this key
    outcome       text        NOT NULL,          -- reject, hold, query, note
    state         text        NOT NULL,          -- open, explained, accepted, corrected, lapsed
    message       text        NOT NULL,
    figures       jsonb       NOT NULL,          -- what it rests on
    threshold     text        NOT NULL,          -- edition and rows that decided
    fingerprint   text        NOT NULL,          -- of the amounts it rests on
    opened_on     date        NOT NULL,
    changed_on    date        NOT NULL,
    found_at      timestamptz NOT NULL,
    superseded_at timestamptz,
    PRIMARY KEY (subject, rule, indicator, period_start, months, version)
);
CREATE UNIQUE INDEX finding_current ON finding (subject, rule, indicator, period_start, months) WHERE superseded_at IS NULL;
CREATE INDEX finding_holds ON finding (subject, indicator, period_start, months)
    WHERE superseded_at IS NULL AND outcome IN ('hold', 'reject') AND state IN ('open', 'explained');
CREATE INDEX finding_open ON finding (rule, found_at) WHERE superseded_at IS NULL AND state IN ('open', 'explained');

-- What people said about a finding: it holds for the very figures whose fingerprint it names.
CREATE TABLE explanation (
    explanation_id bigint     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rule          text        NOT NULL,
    subject       text        NOT NULL,
    indicator     text        NOT NULL,
    period_start  date        NOT NULL,
    months        smallint    NOT NULL,
    fingerprint   text        NOT NULL,
    said          text        NOT NULL,
    author        text        NOT NULL,
    accepted      boolean     NOT NULL,
    said_on       date        NOT NULL,
    said_at       timestamptz NOT NULL
);
CREATE INDEX explanation_subject ON explanation (subject);

-- The day until which deadlines were looked at: what passed since then is judged again when a day begins.
CREATE TABLE looked_until (
    what text PRIMARY KEY,
    day  date NOT NULL
);

-- Findings with names, as they stand.
CREATE VIEW board.finding AS
SELECT f.rule, f.subject, coalesce(s.name, split_part(f.subject, ':', 2)) AS subject_name, s.region, f.indicator,
       f.period_start, (f.period_start + make_interval(months => f.months))::date AS period_end, f.months, f.outcome,
       f.state, f.message, f.threshold, f.opened_on, f.changed_on, f.found_at,
       f.outcome IN ('hold', 'reject') AND f.state IN ('open', 'explained') AS holds
FROM planwatch.finding f
LEFT JOIN board.subject s ON s.subject = f.subject
WHERE f.superseded_at IS NULL;

-- Findings as they stood at a time.
CREATE FUNCTION board.finding_as_of(at timestamptz) RETURNS SETOF board.finding LANGUAGE sql STABLE AS $$
    SELECT f.rule, f.subject, coalesce(s.name, split_part(f.subject, ':', 2)), s.region, f.indicator,
           f.period_start, (f.period_start + make_interval(months => f.months))::date, f.months, f.outcome,
           f.state, f.message, f.threshold, f.opened_on, f.changed_on, f.found_at,
           f.outcome IN ('hold', 'reject') AND f.state IN ('open', 'explained')
    FROM planwatch.finding f
    LEFT JOIN board.subject_as_of(at) s ON s.subject = f.subject
    WHERE f.found_at <= at AND (f.superseded_at IS NULL OR f.superseded_at > at)
$$;
