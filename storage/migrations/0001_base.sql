-- The tables of the flow: reading → mark → assessment → warning, level_change, outbox → delivery.
-- Time columns: period_start is when a figure was true (label by start, months long), *_at is when it was known or done.
-- Subjects are written as in the contract: unit:…, region:…, project:….

CREATE SCHEMA IF NOT EXISTS planwatch;
SET LOCAL search_path = planwatch, public;

-- Who exists. One row per subject and revision; body is the registry record as it came.
CREATE TABLE registry (
    subject     text        NOT NULL,
    kind        text        NOT NULL,              -- region, unit, two_high_project, reduction_project
    revision    integer     NOT NULL,
    name        text        NOT NULL,
    region      text,                              -- the region directly above
    two_high    boolean     NOT NULL DEFAULT false,
    valid_from  date        NOT NULL,
    valid_to    date,
    body        jsonb       NOT NULL,
    known_at    timestamptz NOT NULL,
    PRIMARY KEY (subject, valid_from)
);
CREATE INDEX registry_region ON registry (region);

-- The figure that stands for each subject, indicator and period: the statement that ranks highest by
-- (revision, submitted_at, report_id, value). The order is total, so the outcome does not depend on the order of arrival.
CREATE TABLE reading (
    period_start date        NOT NULL,
    months       smallint    NOT NULL,
    subject      text        NOT NULL,
    indicator    text        NOT NULL,
    revision     integer     NOT NULL,
    submitted_at timestamptz NOT NULL,
    report_id    text        NOT NULL,
    value        numeric     NOT NULL,             -- as stated, in unit
    unit         text        NOT NULL,
    amount       numeric     NOT NULL,             -- in the indicator's canonical unit, exact
    flag         text,
    note         text,
    source       text        NOT NULL,
    known_at     timestamptz NOT NULL,
    PRIMARY KEY (subject, indicator, period_start, months)
);

-- Every statement that was superseded, or that arrived after a higher one: nothing that was accepted is lost.
CREATE TABLE reading_superseded (LIKE reading,
    superseded_at timestamptz NOT NULL,
    PRIMARY KEY (subject, indicator, period_start, months, revision, submitted_at, report_id, value)
);

-- Where each consumer group stands, advanced in the transaction that stores the batch, and who may advance it.
CREATE TABLE kafka_offset (
    consumer_group text   NOT NULL,
    topic          text   NOT NULL,
    partition      integer NOT NULL,
    next_offset    bigint NOT NULL,
    owner          text   NOT NULL,
    generation     integer NOT NULL,
    epoch          bigint NOT NULL,
    updated_at     timestamptz NOT NULL,
    PRIMARY KEY (consumer_group, topic, partition)
);

-- Rejects, kept beside the reject topic so that they can be listed, explained and redriven.
CREATE TABLE reject (
    topic       text        NOT NULL,
    partition   integer     NOT NULL,
    message_offset bigint   NOT NULL,
    reason      text        NOT NULL,
    body        jsonb       NOT NULL,              -- contract Rejected
    rejected_at timestamptz NOT NULL,
    published_at timestamptz,                      -- when the reject topic acknowledged it
    redriven_at timestamptz,
    PRIMARY KEY (topic, partition, message_offset)
);
CREATE INDEX reject_unpublished ON reject (rejected_at) WHERE published_at IS NULL;

-- What must be judged again: insert-only, so that ingest never waits for assess; coalesced when taken.
CREATE TABLE mark (
    mark_id      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject      text        NOT NULL,             -- who is to be judged
    period_start date        NOT NULL,             -- from this month on
    cause        text        NOT NULL,             -- figures, correction, registry, plan
    caused_by    text        NOT NULL DEFAULT '',  -- report id, record, plan hash
    marked_at    timestamptz NOT NULL
);
CREATE INDEX mark_subject ON mark (subject);

-- The hash under which each target was last judged everywhere.
CREATE TABLE target_live (
    target   text        PRIMARY KEY,
    plan     text        NOT NULL,
    law      text        NOT NULL,
    body     jsonb       NOT NULL,                 -- the target with its reference, for views and explain
    live_at  timestamptz NOT NULL
);

-- Judgements, append-only: a new one closes the one before (superseded_at), so what was known at any time can be read.
CREATE TABLE assessment (
    period_start  date        NOT NULL,
    months        smallint    NOT NULL,
    subject       text        NOT NULL,
    plan          text        NOT NULL,
    target        text        NOT NULL,
    yardstick     text        NOT NULL,            -- annual, five_year, single
    judgement     integer     NOT NULL,            -- 1, 2, 3 … of this key
    status        text        NOT NULL,            -- rated, not_rated, exempt
    severity      smallint,
    colour        text,
    label_zh      text,
    label_en      text,
    actual        numeric,
    expected      numeric,
    gap           numeric,
    unit          text        NOT NULL,
    formula       text        NOT NULL,
    reason        text        NOT NULL,
    better        text        NOT NULL,
    rule_set      text        NOT NULL,
    path          text        NOT NULL,
    edition       text        NOT NULL,
    used          jsonb       NOT NULL,            -- the figures it rests on, with revisions and marks
    law           text        NOT NULL,
    cause         text        NOT NULL,
    judged_at     timestamptz NOT NULL,
    superseded_at timestamptz,
    PRIMARY KEY (subject, target, yardstick, period_start, months, judgement)
);
CREATE UNIQUE INDEX assessment_current ON assessment (subject, target, yardstick, period_start, months)
    WHERE superseded_at IS NULL;

-- Early warnings: one row per episode.
CREATE TABLE warning (
    warning_id   text        PRIMARY KEY,
    plan         text        NOT NULL,
    target       text        NOT NULL,
    subject      text        NOT NULL,
    yardstick    text        NOT NULL,
    state        text        NOT NULL,             -- active, cleared, withdrawn
    first_start  date        NOT NULL,
    first_months smallint    NOT NULL,
    last_start   date        NOT NULL,
    last_months  smallint    NOT NULL,
    cleared_start date,
    cleared_months smallint,
    severity     smallint    NOT NULL,
    colour       text        NOT NULL,
    label_zh     text        NOT NULL,
    label_en     text        NOT NULL,
    peak         smallint    NOT NULL,
    changes      integer     NOT NULL,
    opened_at    timestamptz NOT NULL,
    changed_at   timestamptz NOT NULL
);
CREATE INDEX warning_key ON warning (subject, target, yardstick);
CREATE INDEX warning_active ON warning (changed_at) WHERE state = 'active';

-- The history of warnings, append-only.
CREATE TABLE level_change (
    change_id    text        PRIMARY KEY,          -- warning_id/number
    warning_id   text        NOT NULL REFERENCES warning DEFERRABLE INITIALLY DEFERRED,
    number       integer     NOT NULL,
    plan         text        NOT NULL,
    target       text        NOT NULL,
    subject      text        NOT NULL,
    yardstick    text        NOT NULL,
    kind         text        NOT NULL,             -- raised, escalated, eased, cleared, withdrawn
    period_start date        NOT NULL,
    months       smallint    NOT NULL,
    before       jsonb,
    after        jsonb,
    before_severity smallint,
    after_severity  smallint,
    cause        text        NOT NULL,
    corrected    boolean     NOT NULL,
    law          text        NOT NULL,
    changed_at   timestamptz NOT NULL
);
CREATE INDEX level_change_when ON level_change (changed_at);
CREATE INDEX level_change_key ON level_change (subject, target, yardstick);

-- The duty to notify, written in the transaction that made the change. notify fans it out to receivers.
CREATE TABLE outbox (
    change_id  text        PRIMARY KEY REFERENCES level_change,
    sequence   bigint      GENERATED ALWAYS AS IDENTITY,
    warning_id text        NOT NULL,
    body       jsonb       NOT NULL,               -- contract Notification: change, warning, facts
    created_at timestamptz NOT NULL,
    done_at    timestamptz                         -- every receiver is delivered, suppressed or given up
);
CREATE INDEX outbox_due ON outbox (sequence) WHERE done_at IS NULL;

-- What became of each change for each receiver: the memory that prevents repeats.
CREATE TABLE delivery (
    change_id       text        NOT NULL REFERENCES outbox,
    receiver        text        NOT NULL,
    state           text        NOT NULL,          -- pending, delivered, suppressed, failed
    reason          text        NOT NULL,
    attempts        integer     NOT NULL DEFAULT 0,
    next_attempt_at timestamptz,
    delivered_at    timestamptz,
    error           text,
    PRIMARY KEY (change_id, receiver)
);
CREATE INDEX delivery_pending ON delivery (next_attempt_at) WHERE state = 'pending';
