"""`planwatch migrate`: bring the database schema and the Kafka topics up to this version."""

import typer
from rich.console import Console

from planwatch.service.settings import read_settings
from planwatch.storage.migrate import migrate as apply_migrations
from planwatch.storage.migrate import pending


def migrate(
    check: bool = typer.Option(False, "--check", help="Only list what would be applied; exit code 1 if anything."),
    topics: bool = typer.Option(True, help="Also create the Kafka topics that are missing (if Kafka is set)."),
) -> None:
    """Apply the numbered SQL migrations that are missing, and create missing topics. Safe to run again."""
    settings, console = read_settings(), Console()
    if check:
        waiting = pending(settings.database.url)
        console.print("\n".join(waiting) or "nothing to apply")
        raise typer.Exit(1 if waiting else 0)
    applied = apply_migrations(settings.database.url)
    console.print(f"schema: {', '.join(applied) or 'already up to date'}")
    if topics and settings.kafka.bootstrap_servers:
        from planwatch.ingest.topics import Topics, create_topics

        names = Topics.named(settings.kafka.topic_prefix)
        made = create_topics(
            settings.kafka.servers, names, settings.kafka.partitions, settings.kafka.replication, settings.kafka.client
        )
        console.print(f"topics: {', '.join(made) or 'already there'}")
