"""The tables of two databases side by side: everything but when the clock said it was, and numbers drawn by chance.

What was judged in between depends on what had come in by then, so of judgements those that stand are compared, and the
history of each is looked at for holes.
"""

import psycopg

TABLES = {
    "registry": "SELECT subject, kind, revision, name, region, two_high, valid_from, valid_to, body FROM planwatch.registry",
    "reading": "SELECT subject, indicator, period_start, months, revision, submitted_at, report_id, value, unit, amount,"
    " flag, note, source FROM planwatch.reading",
    "reading_superseded": "SELECT subject, indicator, period_start, months, revision, submitted_at, report_id, value,"
    " unit, amount, flag, note, source FROM planwatch.reading_superseded",
    "reject": "SELECT partition, message_offset, reason, body - 'rejected_at' - 'topic', published_at IS NOT NULL"
    " FROM planwatch.reject",
    "position": "SELECT split_part(topic, '.', 2), partition, next_offset FROM planwatch.kafka_offset",
    "mark": "SELECT count(*) FROM planwatch.mark",
    "assessment": "SELECT subject, target, yardstick, period_start, months, status, severity, colour, actual, expected,"
    " gap, unit, formula, reason, better, rule_set, path, edition, used, law, coverage, sources_there, sources"
    " FROM planwatch.assessment WHERE superseded_at IS NULL",
    "broken history": """
        SELECT subject, target, yardstick, period_start, months, judgement
        FROM (
            SELECT *, row_number() OVER key AS place, lead(judged_at) OVER key AS next_at
            FROM planwatch.assessment
            WINDOW key AS (PARTITION BY subject, target, yardstick, period_start, months ORDER BY judgement)
        ) one
        WHERE judgement <> place OR superseded_at < judged_at OR (next_at IS NOT NULL AND superseded_at IS NULL)
           OR superseded_at > next_at
    """,
    "warning": "SELECT warning_id, plan, target, subject, yardstick, state, first_start, first_months, last_start,"
    " last_months, cleared_start, cleared_months, severity, colour, label_zh, peak, changes FROM planwatch.warning",
    "level_change": "SELECT change_id, warning_id, number, kind, period_start, months, before, after, cause, corrected, law"
    " FROM planwatch.level_change",
    "outbox": "SELECT change_id, warning_id, body #- '{change,at}', done_at IS NOT NULL FROM planwatch.outbox",
    "finding": "SELECT rule, subject, indicator, period_start, months, outcome, state, message, fingerprint"
    " FROM planwatch.finding WHERE superseded_at IS NULL AND state IN ('open', 'explained', 'accepted')",
    "delivery": "SELECT change_id, receiver, state, reason FROM planwatch.delivery",
}


def rows(dsn: str) -> dict[str, list[str]]:
    """Each table's rows as sorted text."""
    with psycopg.connect(dsn, options="-c timezone=UTC") as connection:
        return {
            table: sorted(row[0] for row in connection.execute(f"SELECT t::text FROM ({query}) t").fetchall())
            for table, query in TABLES.items()
        }


def differences(ours: dict[str, list[str]], theirs: dict[str, list[str]]) -> dict[str, tuple[list[str], list[str]]]:
    """Per table the first rows that only one side has."""
    found = {}
    for table, here in ours.items():
        only_here, only_there = set(here) - set(theirs[table]), set(theirs[table]) - set(here)
        if only_here or only_there or len(here) != len(theirs[table]):
            found[table] = (sorted(only_here)[:3], sorted(only_there)[:3])
    return found
