"""Numbered SQL migrations, applied in order by planwatch.storage.migrate."""
