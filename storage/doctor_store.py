"""What kind of database server this is."""

from dataclasses import dataclass

from planwatch.storage.database import Database


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """Versions, and TimescaleDB's licence where it is installed."""

    server: str
    timescaledb: str | None
    license: str | None


def server_facts(database: Database) -> ServerFacts:
    """Ask the server; raises StorageUnavailable where there is none."""
    with database.transaction() as connection:
        row = connection.execute(
            "SELECT current_setting('server_version'),"
            " (SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'),"
            " current_setting('timescaledb.license', true)"
        ).fetchone()
    assert row is not None
    return ServerFacts(*row)
