"""The only door to the database: readings, assessments, warnings and the outbox, in and out of TimescaleDB."""
