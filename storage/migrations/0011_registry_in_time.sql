-- Registers in time: which entries hold on a day; and duties and working years beside subjects in one table.

SET LOCAL search_path = planwatch, public;

-- The day it is where the plans hold.
CREATE FUNCTION local_day(at timestamptz) RETURNS date LANGUAGE sql IMMUTABLE AS $$
    SELECT (at AT TIME ZONE 'Asia/Shanghai')::date
$$;

-- Of each subject the newest entry that has begun by a day, ended or not. A region that is merged into another one lies
-- where it lay until its last day has passed, and in its successor after it. Duties and working years are no subjects.
-- Written without DISTINCT ON, so that the planner can look up single subjects, regions and kinds in it.
CREATE FUNCTION registry_on(day date) RETURNS SETOF planwatch.registry LANGUAGE sql STABLE AS $$
    SELECT r.subject, r.kind, r.revision, r.name,
           CASE WHEN r.kind = 'region' AND r.valid_to >= day THEN r.body ->> 'parent' ELSE r.region END,
           r.two_high, r.valid_from, r.valid_to, r.body, r.known_at
    FROM planwatch.registry r
    WHERE r.valid_from <= day AND r.kind NOT IN ('duty', 'working_year')
      AND NOT EXISTS (
          SELECT FROM planwatch.registry later
          WHERE later.subject = r.subject AND later.valid_from > r.valid_from AND later.valid_from <= day
      )
$$;

CREATE INDEX registry_calendar ON registry (subject, valid_from) WHERE kind IN ('duty', 'working_year');
CREATE INDEX registry_regions ON registry (region, subject) WHERE kind = 'region';
CREATE INDEX hj212_station_unit ON hj212_station (unit_id);

-- Words for subjects: the name of the newest entry that has begun, or the id where nobody registered it.
CREATE OR REPLACE VIEW board.subject AS
SELECT subject, kind, name, region, two_high, valid_from, valid_to
FROM planwatch.registry_on(planwatch.local_day(now()));

-- The same as it was known at a time, on the day it was then.
CREATE OR REPLACE FUNCTION board.subject_as_of(at timestamptz) RETURNS SETOF board.subject LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (subject) subject, kind, name,
           CASE WHEN kind = 'region' AND valid_to >= planwatch.local_day(at) THEN body ->> 'parent' ELSE region END,
           two_high, valid_from, valid_to
    FROM board.registry_as_of(at)
    WHERE valid_from <= planwatch.local_day(at) AND kind NOT IN ('duty', 'working_year')
    ORDER BY subject, valid_from DESC
$$;

-- 未登记: subjects whose figures are stored although no register entry of theirs has begun.
CREATE OR REPLACE VIEW board.unregistered AS
SELECT r.subject, count(*) AS figures, count(DISTINCT r.report_id) AS reports,
       min(r.period_start) AS first_start,
       max(r.period_start + make_interval(months => r.months))::date AS last_end,
       min(r.known_at) AS first_known_at, max(r.known_at) AS last_known_at
FROM planwatch.reading r
WHERE NOT EXISTS (
    SELECT FROM planwatch.registry g
    WHERE g.subject = r.subject AND g.valid_from <= planwatch.local_day(now())
)
GROUP BY r.subject;
