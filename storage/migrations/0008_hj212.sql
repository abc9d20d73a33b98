-- HJ 212: what each monitoring point discharged each day, the parts of messages that wait for the rest, which months must be
-- looked at again, and the monthly reports made of them.

SET LOCAL search_path = planwatch, public;

CREATE TABLE hj212_day (
    mn          text        NOT NULL,
    st          smallint    NOT NULL,
    factor      text        NOT NULL,              -- code of 2017
    day         date        NOT NULL,
    cou         numeric,                           -- none where the point stated a flag only
    unit        text        NOT NULL,
    flag        text        NOT NULL,              -- one letter, empty where none was given
    qn          text        NOT NULL COLLATE "C",  -- when it was said, by the logger; by us where it does not say
    received_at timestamptz NOT NULL,
    PRIMARY KEY (mn, st, factor, day)
);

-- Every statement about a day that another one outranks, whichever came first.
CREATE TABLE hj212_day_superseded (LIKE hj212_day,
    superseded_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX hj212_day_superseded_once
    ON hj212_day_superseded (mn, st, factor, day, qn, flag, (coalesce(cou, -1)));

-- Parts of split messages that were answered and wait for the others.
CREATE TABLE hj212_part (
    mn          text        NOT NULL,
    st          smallint    NOT NULL,
    cn          text        NOT NULL,
    pnum        smallint    NOT NULL,
    pno         smallint    NOT NULL,
    raw         bytea       NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (mn, st, cn, pnum, pno)
);

-- Months of units of which a day changed.
CREATE TABLE hj212_month (
    unit_id     text        NOT NULL,
    month       date        NOT NULL,
    changed_at  timestamptz NOT NULL,
    waits       boolean     NOT NULL DEFAULT true, -- still to be reported
    looked_at   timestamptz,
    PRIMARY KEY (unit_id, month)
);
CREATE INDEX hj212_month_waits ON hj212_month (month) WHERE waits;

-- Reports made of months, as they are sent; written before they are sent, so that a repeated sending is the same bytes.
CREATE TABLE hj212_report (
    unit_id     text        NOT NULL,
    month       date        NOT NULL,
    revision    smallint    NOT NULL,
    report_id   text        NOT NULL UNIQUE,
    body        text        NOT NULL,              -- contract Report, as it travels
    made_at     timestamptz NOT NULL,
    sent_at     timestamptz,
    PRIMARY KEY (unit_id, month, revision)
);
CREATE INDEX hj212_report_unsent ON hj212_report (made_at) WHERE sent_at IS NULL;

-- The mapping of monitoring points as last taken up, so that a changed one has its months looked at again.
CREATE TABLE hj212_station (
    mn          text        NOT NULL,
    st          smallint    NOT NULL,
    unit_id     text        NOT NULL,
    body        jsonb       NOT NULL,
    PRIMARY KEY (mn, st)
);

-- Rejects are known by topic, partition and offset: the gateway's have a number of their own.
CREATE SEQUENCE hj212_reject;
