-- Two statements that differ in their mark, their unit or their note alone are two: one that was withdrawn is not the
-- same as one that counts. Under the key so far the second was taken for a replay of the first.

SET LOCAL search_path = planwatch, public;

ALTER TABLE reading_superseded DROP CONSTRAINT reading_superseded_pkey;
CREATE UNIQUE INDEX reading_superseded_statement ON reading_superseded (
    subject, indicator, period_start, months, revision, submitted_at, report_id, value, unit, source, flag, note
) NULLS NOT DISTINCT;
