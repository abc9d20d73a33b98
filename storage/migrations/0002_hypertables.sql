-- Where TimescaleDB is loaded, readings and assessments are hypertables by period; on plain PostgreSQL they stay tables.
-- Installed is not enough: without shared_preload_libraries its setting is unknown and the extension cannot be created.
-- Five years a chunk: the watched years are few, and a month close must not open dozens of chunks.

DO $$
BEGIN
    IF current_setting('timescaledb.license', true) IS NOT NULL THEN
        CREATE EXTENSION IF NOT EXISTS timescaledb SCHEMA public;
        PERFORM public.create_hypertable('planwatch.reading'::regclass, public.by_range('period_start', interval '5 years'));
        PERFORM public.create_hypertable('planwatch.reading_superseded'::regclass, public.by_range('period_start', interval '5 years'));
        PERFORM public.create_hypertable('planwatch.assessment'::regclass, public.by_range('period_start', interval '5 years'));
    END IF;
END $$;
