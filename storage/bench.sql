-- Queries of the benchmark: the bare way to write the same rows, and what is visible when.

-- name: bare_table
CREATE TABLE planwatch.bench_reading (LIKE planwatch.reading INCLUDING ALL)

-- name: bare_hypertable
SELECT public.create_hypertable('planwatch.bench_reading'::regclass, public.by_range('period_start', interval '5 years'))
WHERE EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb')

-- name: bare_stage
CREATE TEMP TABLE bench_stage (LIKE planwatch.reading) ON COMMIT DELETE ROWS

-- name: bare_copy
COPY bench_stage FROM STDIN (FORMAT binary)

-- name: bare_upsert
INSERT INTO planwatch.bench_reading AS r SELECT * FROM bench_stage
ON CONFLICT (subject, indicator, period_start, months) DO UPDATE SET
    value = excluded.value, unit = excluded.unit, amount = excluded.amount, revision = excluded.revision,
    submitted_at = excluded.submitted_at, report_id = excluded.report_id, known_at = excluded.known_at
WHERE r.revision < excluded.revision

-- name: stored_rows
SELECT * FROM planwatch.reading ORDER BY subject, indicator, period_start, months

-- name: count_messages
-- How many messages are stored, by the offsets: counting rows would take a core away from what is measured.
SELECT coalesce(sum(next_offset), 0) FROM planwatch.kafka_offset

-- name: count_judgements
SELECT count(*) FROM planwatch.assessment

-- name: count_readings
SELECT count(*) FROM planwatch.reading

-- name: column_types
SELECT format_type(atttypid, atttypmod)
FROM pg_attribute
WHERE attrelid = 'planwatch.reading'::regclass AND attnum > 0 AND NOT attisdropped
ORDER BY attnum

-- name: seen_reports
SELECT report_id
FROM planwatch.reading
WHERE subject = ANY (%(subjects)s) AND indicator = %(indicator)s AND report_id = ANY (%(reports)s)

-- name: table_bytes
SELECT pg_total_relation_size(c.oid) FROM pg_class c WHERE c.oid = 'planwatch.reading'::regclass

-- name: chunk_bytes
SELECT coalesce(sum(pg_total_relation_size(format('%I.%I', chunk_schema, chunk_name)::regclass)), 0)
FROM timescaledb_information.chunks WHERE hypertable_name = 'reading'
