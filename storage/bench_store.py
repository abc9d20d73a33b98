"""The benchmark's side of the database: the bare COPY and upsert that ingest is measured against."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from planwatch.storage.database import Database
from planwatch.storage.queries import load_queries

QUERIES = load_queries("bench.sql")


class BenchStore:
    """What only a benchmark asks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def stored_rows(self) -> list[tuple[Any, ...]]:
        """All standing readings, in key order."""
        with self._database.transaction() as connection, connection.cursor(binary=True) as cursor:
            return cursor.execute(QUERIES.stored_rows).fetchall()

    def bare_seconds(self, rows: Sequence[tuple[Any, ...]], batch: int) -> float:
        """Seconds that COPY BINARY and one upsert per batch need for the same rows, sorted, in an equal empty table."""
        with self._database.transaction() as connection:
            connection.execute(QUERIES.bare_table)
            connection.execute(QUERIES.bare_hypertable)
            types = [row[0] for row in connection.execute(QUERIES.column_types)]
        started = time.perf_counter()
        for i in range(0, len(rows), batch):
            with self._database.transaction() as connection:
                connection.execute("DROP TABLE IF EXISTS bench_stage")
                connection.execute(QUERIES.bare_stage)
                with connection.cursor() as cursor:
                    with cursor.copy(QUERIES.bare_copy) as copy:
                        copy.set_types(types)
                        for row in rows[i : i + batch]:
                            copy.write_row(row)
                    cursor.execute(QUERIES.bare_upsert)
        return time.perf_counter() - started

    def messages(self) -> int:
        """How many messages are stored."""
        with self._database.transaction() as connection:
            row = connection.execute(QUERIES.count_messages).fetchone()
            return int(row[0]) if row else 0

    def readings(self) -> int:
        """How many readings stand."""
        with self._database.transaction() as connection:
            row = connection.execute(QUERIES.count_readings).fetchone()
            return int(row[0]) if row else 0

    def seen_reports(self, reports: Mapping[str, str], indicator: str) -> set[str]:
        """Which of these reports (id to subject) are visible; looked up by key, so that looking costs little."""
        bound = {"reports": list(reports), "subjects": sorted(set(reports.values())), "indicator": indicator}
        with self._database.transaction() as connection:
            return {row[0] for row in connection.execute(QUERIES.seen_reports, bound)}

    def bytes_per_reading(self) -> float:
        """Bytes on disk per standing reading, indexes included."""
        with self._database.transaction() as connection:
            chunks = connection.execute(QUERIES.chunk_bytes).fetchone()
            table = connection.execute(QUERIES.table_bytes).fetchone()
        return (int(chunks[0] if chunks else 0) + int(table[0] if table else 0)) / max(1, self.readings())

    def judgements(self) -> int:
        """How many judgements were ever written."""
        with self._database.transaction() as connection:
            row = connection.execute(QUERIES.count_judgements).fetchone()
            assert row is not None
            return int(row[0])
