-- Queries of the ingest stage. One batch is one transaction: advance, registry, readings, marks, rejects.
--
-- A statement of a figure ranks by (revision, submitted_at, report_id, value); the columns after that only break ties
-- between statements nobody can tell apart otherwise. Text is compared by bytes, as Python compares it, so that a rank
-- is the same within a batch (decided there) and between batches (decided here).

-- name: positions
SELECT topic, partition, next_offset FROM planwatch.kafka_offset WHERE consumer_group = %(group)s

-- name: claim
-- Take partitions over. The epoch grows with every claim and is what fences; it is the database's own, because Kafka's
-- generation starts again from 1 when a group is deleted or expires. A claim of an older generation is a member's that
-- the group went on without: it is refused, unless the partition has stood still for so long that the generations must
-- have started again. Should it have been a sleeper after all, it loses the partition to the next claim of the real
-- owner; the fence keeps both from storing anything twice.
INSERT INTO planwatch.kafka_offset AS standing
       (consumer_group, topic, partition, next_offset, owner, generation, epoch, updated_at)
SELECT %(group)s, topic, partition, 0, %(owner)s, %(generation)s, 1, %(now)s
FROM unnest(%(topics)s::text[], %(partitions)s::integer[]) AS claimed (topic, partition)
ORDER BY topic, partition
ON CONFLICT (consumer_group, topic, partition) DO UPDATE
SET owner = excluded.owner, generation = excluded.generation, epoch = standing.epoch + 1, updated_at = excluded.updated_at
WHERE standing.generation <= excluded.generation
   OR standing.updated_at < excluded.updated_at - make_interval(secs => %(grace_seconds)s)
RETURNING topic, partition, epoch, next_offset

-- name: move
UPDATE planwatch.kafka_offset AS standing SET next_offset = moved.next_offset
FROM unnest(%(topics)s::text[], %(partitions)s::integer[], %(epochs)s::bigint[], %(offsets)s::bigint[])
     AS moved (topic, partition, epoch, next_offset)
WHERE standing.consumer_group = %(group)s AND standing.topic = moved.topic AND standing.partition = moved.partition
  AND standing.owner = %(owner)s AND standing.epoch = moved.epoch

-- name: advance
-- The fence, first in the transaction: the row lock makes an old and a new owner wait for each other, and whoever does
-- not own the partition any more finds no row. «<=»: compacted topics have gaps between offsets.
UPDATE planwatch.kafka_offset AS standing SET next_offset = moved.after, updated_at = %(now)s
FROM unnest(%(topics)s::text[], %(partitions)s::integer[], %(epochs)s::bigint[], %(firsts)s::bigint[], %(afters)s::bigint[])
     AS moved (topic, partition, epoch, first, after)
WHERE standing.consumer_group = %(group)s AND standing.topic = moved.topic AND standing.partition = moved.partition
  AND standing.owner = %(owner)s AND standing.epoch = moved.epoch AND standing.next_offset <= moved.first

-- name: bound_transaction
-- A process frozen in mid-transaction must not keep its partitions locked: the server ends it.
SELECT set_config('idle_in_transaction_session_timeout', %(frozen)s, true)

-- name: with_readings
-- Readings look their regions up while a registry record may just be moving them. Writers of readings share this lock,
-- a writer of records has it alone: so one of the two sees the other's rows, and marks what both together mean.
SELECT pg_advisory_xact_lock_shared(hashtextextended('planwatch.registry', 0))

-- name: with_records
SELECT pg_advisory_xact_lock(hashtextextended('planwatch.registry', 0))

-- name: make_staging
-- Made once per connection, emptied by every commit.
CREATE TEMP TABLE IF NOT EXISTS staged_reading (
    subject text NOT NULL, indicator text NOT NULL, period_start date NOT NULL, months smallint NOT NULL,
    revision integer NOT NULL, submitted_at timestamptz NOT NULL, report_id text NOT NULL, value numeric NOT NULL,
    unit text NOT NULL, amount numeric NOT NULL, flag text, note text, source text NOT NULL,
    wins boolean
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS staged_record (
    subject text NOT NULL, kind text NOT NULL, revision integer NOT NULL, name text NOT NULL, region text,
    two_high boolean NOT NULL, valid_from date NOT NULL, valid_to date, body jsonb NOT NULL
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS changed (
    subject text NOT NULL, cause text NOT NULL, period_start date NOT NULL, caused_by text NOT NULL, count bigint NOT NULL
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS left_region (
    subject text NOT NULL, region text NOT NULL
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS moved_region (
    subject text NOT NULL
) ON COMMIT DELETE ROWS

-- name: stage_readings
COPY pg_temp.staged_reading (
    subject, indicator, period_start, months, revision, submitted_at, report_id, value, unit, amount, flag, note, source
) FROM STDIN (FORMAT binary)

-- name: insert_new
-- The usual case in one statement: figures nobody stated before. How many there were.
WITH fresh AS (
    INSERT INTO planwatch.reading (
        subject, indicator, period_start, months, revision, submitted_at, report_id, value, unit, amount, flag, note,
        source, known_at
    )
    SELECT subject, indicator, period_start, months, revision, submitted_at, report_id, value, unit, amount, flag, note,
           source, %(now)s
    FROM pg_temp.staged_reading
    ON CONFLICT DO NOTHING
    RETURNING subject, period_start, report_id
), noted AS (
    INSERT INTO pg_temp.changed (subject, cause, period_start, caused_by, count)
    SELECT subject, 'figures', min(period_start), min(report_id), count(*)
    FROM (SELECT subject, report_id, min(period_start) AS period_start FROM fresh GROUP BY subject, report_id) report
    GROUP BY subject
)
SELECT count(*) FROM fresh

-- name: drop_equal
-- What was just inserted, and what is a replay of what stands, needs nothing more: only contested figures stay staged.
DELETE FROM pg_temp.staged_reading s
USING planwatch.reading r
WHERE (r.subject, r.indicator, r.period_start, r.months) = (s.subject, s.indicator, s.period_start, s.months)
  AND (r.revision, r.submitted_at, r.report_id, r.value, r.amount, r.unit, r.source, r.flag, r.note)
      IS NOT DISTINCT FROM
      (s.revision, s.submitted_at, s.report_id, s.value, s.amount, s.unit, s.source, s.flag, s.note)

-- name: lock_contested
-- From here on nobody else changes the standing figures that are contested.
SELECT 1
FROM planwatch.reading r
JOIN pg_temp.staged_reading s USING (subject, indicator, period_start, months)
ORDER BY r.subject, r.indicator, r.period_start, r.months
FOR UPDATE OF r

-- name: decide
-- Whether the staged statement outranks the standing one; NULL if another member has just stored the very same.
UPDATE pg_temp.staged_reading s
SET wins = CASE
        WHEN (r.revision, r.submitted_at, r.report_id COLLATE "C", r.value, r.amount, r.unit COLLATE "C",
              r.source COLLATE "C", coalesce(r.flag, '') COLLATE "C", coalesce(r.note, '') COLLATE "C")
           < (s.revision, s.submitted_at, s.report_id COLLATE "C", s.value, s.amount, s.unit COLLATE "C",
              s.source COLLATE "C", coalesce(s.flag, '') COLLATE "C", coalesce(s.note, '') COLLATE "C") THEN true
        WHEN (r.revision, r.submitted_at, r.report_id, r.value, r.amount, r.unit, r.source, r.flag, r.note)
             IS DISTINCT FROM
             (s.revision, s.submitted_at, s.report_id, s.value, s.amount, s.unit, s.source, s.flag, s.note) THEN false
    END
FROM planwatch.reading r
WHERE (r.subject, r.indicator, r.period_start, r.months) = (s.subject, s.indicator, s.period_start, s.months)

-- name: keep_standing
-- The standing statements that are outranked.
INSERT INTO planwatch.reading_superseded (
    subject, indicator, period_start, months, revision, submitted_at, report_id, value, unit, amount, flag, note,
    source, known_at, superseded_at
)
SELECT r.subject, r.indicator, r.period_start, r.months, r.revision, r.submitted_at, r.report_id, r.value, r.unit,
       r.amount, r.flag, r.note, r.source, r.known_at, %(now)s
FROM planwatch.reading r
JOIN pg_temp.staged_reading s USING (subject, indicator, period_start, months)
WHERE s.wins
ON CONFLICT DO NOTHING

-- name: keep_outranked
-- The staged statements that the standing ones outrank; those known already are replays. One that says something else at
-- the same revision changes no sum, but is a conflict that the checks must see.
WITH kept AS (
    INSERT INTO planwatch.reading_superseded (
        subject, indicator, period_start, months, revision, submitted_at, report_id, value, unit, amount, flag, note,
        source, known_at, superseded_at
    )
    SELECT subject, indicator, period_start, months, revision, submitted_at, report_id, value, unit, amount, flag, note,
           source, %(now)s, %(now)s
    FROM pg_temp.staged_reading
    WHERE NOT wins
    ON CONFLICT DO NOTHING
    RETURNING subject, indicator, period_start, months, revision, amount, flag, report_id
)
INSERT INTO pg_temp.changed (subject, cause, period_start, caused_by, count)
SELECT kept.subject, 'correction', min(kept.period_start), min(kept.report_id), count(DISTINCT kept.report_id)
FROM kept
JOIN planwatch.reading r USING (subject, indicator, period_start, months)
WHERE r.revision = kept.revision AND (
    r.amount <> kept.amount OR (r.flag IS NOT DISTINCT FROM 'withdrawn') <> (kept.flag IS NOT DISTINCT FROM 'withdrawn')
)
GROUP BY kept.subject

-- name: note_corrections
-- Before replacing: whose figures change in a way that judging sees.
INSERT INTO pg_temp.changed (subject, cause, period_start, caused_by, count)
SELECT s.subject, 'correction', min(s.period_start), min(s.report_id), count(DISTINCT s.report_id)
FROM planwatch.reading r
JOIN pg_temp.staged_reading s USING (subject, indicator, period_start, months)
WHERE s.wins
  AND (r.amount, r.unit, r.revision, r.flag, r.report_id, r.source)
      IS DISTINCT FROM (s.amount, s.unit, s.revision, s.flag, s.report_id, s.source)
GROUP BY s.subject

-- name: replace
UPDATE planwatch.reading r
SET revision = s.revision, submitted_at = s.submitted_at, report_id = s.report_id, value = s.value, unit = s.unit,
    amount = s.amount, flag = s.flag, note = s.note, source = s.source, known_at = %(now)s
FROM pg_temp.staged_reading s
WHERE (r.subject, r.indicator, r.period_start, r.months) = (s.subject, s.indicator, s.period_start, s.months)
  AND s.wins

-- name: keep_lower
-- A statement outranked by another of its own batch. After keep_standing, which knows since when it was known. The other
-- one may have stood before, so that nothing else has the conflict of the two looked at.
WITH kept AS (
    INSERT INTO planwatch.reading_superseded (
        subject, indicator, period_start, months, revision, submitted_at, report_id, value, unit, amount, flag, note,
        source, known_at, superseded_at
    )
    VALUES (
        %(subject)s, %(indicator)s, %(period_start)s, %(months)s, %(revision)s, %(submitted_at)s, %(report_id)s, %(value)s,
        %(unit)s, %(amount)s, %(flag)s, %(note)s, %(source)s, %(now)s, %(now)s
    )
    ON CONFLICT DO NOTHING
    RETURNING subject, indicator, period_start, months, revision, amount, flag, report_id
)
INSERT INTO pg_temp.changed (subject, cause, period_start, caused_by, count)
SELECT kept.subject, 'correction', kept.period_start, kept.report_id, 1
FROM kept
JOIN planwatch.reading r USING (subject, indicator, period_start, months)
WHERE r.revision = kept.revision AND (
    r.amount <> kept.amount OR (r.flag IS NOT DISTINCT FROM 'withdrawn') <> (kept.flag IS NOT DISTINCT FROM 'withdrawn')
)

-- name: stage_records
-- One record for each (subject, valid_from): the caller keeps the newest of a batch.
INSERT INTO pg_temp.staged_record (subject, kind, revision, name, region, two_high, valid_from, valid_to, body)
SELECT subject, kind, revision, name, region, two_high, valid_from, valid_to, body::jsonb
FROM unnest(
    %(subjects)s::text[], %(kinds)s::text[], %(revisions)s::integer[], %(names)s::text[], %(regions)s::text[],
    %(two_highs)s::boolean[], %(valid_froms)s::date[], %(valid_tos)s::date[], %(bodies)s::text[]
) AS record (subject, kind, revision, name, region, two_high, valid_from, valid_to, body)

-- name: drop_known_records
-- Replays, and records older than what stands. Of two with equal revision the later one stands: records of a key keep
-- their order in Kafka, and lists are often edited without raising the revision.
DELETE FROM pg_temp.staged_record s
USING planwatch.registry r
WHERE (r.subject, r.valid_from) = (s.subject, s.valid_from)
  AND (r.revision > s.revision OR (r.kind, r.revision, r.body) = (s.kind, s.revision, s.body))

-- name: note_left_regions
-- The regions a record that is about to be replaced stood in: they are judged again too.
INSERT INTO pg_temp.left_region (subject, region)
SELECT r.subject, r.region
FROM planwatch.registry r
JOIN pg_temp.staged_record s USING (subject, valid_from)
WHERE r.region IS NOT NULL

-- name: note_moved_regions
-- Regions that are new, moved, merged or ended: what lies below them is bound by other targets, or by none any more. A
-- region may well be registered after its units; until then nobody knew what lies above them.
INSERT INTO pg_temp.moved_region (subject)
SELECT s.subject
FROM pg_temp.staged_record s
LEFT JOIN planwatch.registry r USING (subject, valid_from)
WHERE s.kind = 'region' AND (r.subject IS NULL OR (r.region, r.valid_to) IS DISTINCT FROM (s.region, s.valid_to))

-- name: save_records
INSERT INTO planwatch.registry (subject, kind, revision, name, region, two_high, valid_from, valid_to, body, known_at)
SELECT subject, kind, revision, name, region, two_high, valid_from, valid_to, body, %(now)s
FROM pg_temp.staged_record
ON CONFLICT (subject, valid_from) DO UPDATE
SET kind = excluded.kind, revision = excluded.revision, name = excluded.name, region = excluded.region,
    two_high = excluded.two_high, valid_to = excluded.valid_to, body = excluded.body, known_at = excluded.known_at

-- name: note_records
-- A changed record may change every judgement since the first figure it bears on: of the subject itself, and for a
-- region of anybody, since it moves all that lies below it.
INSERT INTO pg_temp.changed (subject, cause, period_start, caused_by, count)
SELECT s.subject, 'registry', coalesce(
           CASE s.kind
               WHEN 'region' THEN (SELECT min(period_start) FROM planwatch.reading)
               ELSE (SELECT min(r.period_start) FROM planwatch.reading r WHERE r.subject = s.subject)
           END,
           date_trunc('month', s.valid_from)::date
       ), s.subject, 1
FROM pg_temp.staged_record s
WHERE s.kind NOT IN ('duty', 'working_year')

-- name: mark
-- Who is to be judged again: the subjects whose figures or records changed, and the regions above them. All records of a
-- subject count, not only the one in force: a figure of last year belongs to the region the unit was in last year.
-- Figures of a region itself concern that region alone. Below a region that moved everybody is judged again, because what
-- binds them may have changed. One mark per judged subject and cause.
WITH RECURSIVE touched AS (
    SELECT subject, cause, min(period_start) AS period_start, min(caused_by) AS caused_by, sum(count) AS count
    FROM pg_temp.changed
    GROUP BY subject, cause
), standing_in AS (
    SELECT r.subject, r.region FROM planwatch.registry r WHERE r.region IS NOT NULL
    UNION ALL
    SELECT subject, body ->> 'parent' FROM planwatch.registry
    WHERE kind = 'region' AND body ->> 'merged_into' IS NOT NULL AND body ->> 'parent' IS NOT NULL
    UNION ALL
    SELECT subject, region FROM pg_temp.left_region
), above AS (
    SELECT region, cause, min(period_start) AS period_start, min(caused_by) AS caused_by, sum(count) AS count
    FROM (
        SELECT DISTINCT s.region, t.* FROM touched t JOIN standing_in s USING (subject)
        WHERE t.cause = 'registry' OR t.subject NOT LIKE 'region:%%'
    ) one
    GROUP BY region, cause
), below AS (
    SELECT subject, subject AS moved FROM pg_temp.moved_region
    UNION
    SELECT s.subject, below.moved FROM below JOIN standing_in s ON below.subject = 'region:' || s.region
), chain AS (
    SELECT region, cause, period_start, caused_by, count FROM above
    UNION
    SELECT s.region, chain.cause, chain.period_start, chain.caused_by, chain.count
    FROM chain JOIN standing_in s ON s.subject = 'region:' || chain.region
)
INSERT INTO planwatch.mark (subject, period_start, cause, caused_by, marked_at)
SELECT subject, min(period_start), cause,
       CASE sum(count)
           WHEN 1 THEN min(caused_by)
           ELSE sum(count) || CASE cause WHEN 'registry' THEN ' records' ELSE ' reports' END
       END,
       %(now)s
FROM (
    SELECT subject, cause, period_start, caused_by, count FROM touched
    UNION ALL
    SELECT 'region:' || region, cause, period_start, caused_by, count FROM chain
    UNION ALL
    SELECT b.subject, 'registry', t.period_start, t.caused_by, t.count
    FROM below b JOIN touched t ON t.subject = b.moved AND t.cause = 'registry'
    WHERE b.subject <> b.moved
) judged
GROUP BY subject, cause
ORDER BY subject, cause

-- name: mark_calendar
-- What was due is another question once a duty or a working year changes: its reporters in the regions that any entry of the
-- duty names or ever named are checked again; where one names none, all of them, and for a year everybody. It moves no
-- figure in or out of a sum, so it is no cause to judge what ended before its first year.
WITH RECURSIVE stated AS (
    SELECT s.subject, s.valid_from, said.body
    FROM pg_temp.staged_record s
    JOIN (
        SELECT subject, body FROM planwatch.registry WHERE kind IN ('duty', 'working_year')
        UNION ALL
        SELECT subject, body FROM planwatch.registry_superseded WHERE kind IN ('duty', 'working_year')
    ) said USING (subject)
), meant AS (
    SELECT DISTINCT body ->> 'reporter' AS reporter, coalesce(jsonb_array_length(body -> 'regions'), 0) = 0 AS everywhere
    FROM stated
), below AS (
    SELECT code AS region FROM stated, jsonb_array_elements_text(body -> 'regions') AS code
    UNION
    SELECT substr(r.subject, 8) FROM below JOIN planwatch.registry r ON r.region = below.region AND r.kind = 'region'
)
INSERT INTO planwatch.mark (subject, period_start, cause, caused_by, marked_at)
SELECT DISTINCT r.subject, (SELECT date_trunc('year', min(valid_from))::date FROM stated), 'figures',
       (SELECT min(subject) FROM stated), %(now)s::timestamptz
FROM planwatch.registry r
WHERE r.kind NOT IN ('duty', 'working_year') AND EXISTS (
    SELECT FROM meant m
    WHERE (m.reporter IS NULL OR m.reporter = split_part(r.subject, ':', 1))
      AND (m.everywhere OR r.region IN (SELECT region FROM below)
           OR (r.kind = 'region' AND substr(r.subject, 8) IN (SELECT region FROM below)))
)
ORDER BY r.subject

-- name: wake_assess
SELECT pg_notify('planwatch_mark', '')

-- name: save_reject
-- The same message read again is the reject we have; another one at this place means that the topic was made anew.
INSERT INTO planwatch.reject AS standing (topic, partition, message_offset, reason, body, rejected_at)
VALUES (%(topic)s, %(partition)s, %(offset)s, %(reason)s, %(body)s, %(rejected_at)s)
ON CONFLICT (topic, partition, message_offset) DO UPDATE
SET reason = excluded.reason, body = excluded.body, rejected_at = excluded.rejected_at,
    published_at = NULL, redriven_at = NULL
WHERE (standing.body -> 'key', standing.body -> 'value', standing.body -> 'timestamp')
      IS DISTINCT FROM (excluded.body -> 'key', excluded.body -> 'value', excluded.body -> 'timestamp')

-- name: unpublished
-- Locked until published, so that two members never publish the same one.
SELECT topic, partition, message_offset, body::text
FROM planwatch.reject
WHERE published_at IS NULL
ORDER BY rejected_at, topic, partition, message_offset
LIMIT %(limit)s
FOR UPDATE SKIP LOCKED

-- name: mark_published
UPDATE planwatch.reject r SET published_at = %(now)s
FROM unnest(%(topics)s::text[], %(partitions)s::integer[], %(offsets)s::bigint[]) AS done (topic, partition, message_offset)
WHERE (r.topic, r.partition, r.message_offset) = (done.topic, done.partition, done.message_offset)
