"""Logs: one JSON object a line on standard error (or coloured text for people), from the standard library's loggers."""

import logging
import sys

import structlog


def configure(level: str, form: str) -> None:
    """Send all log records through structlog's formatter. Call once, in main."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
    sink = logging.StreamHandler(sys.stderr)
    sink.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [sink]
    root.setLevel(level)
    # Clients log every reconnect attempt; what matters of it is in our metrics and in our own lines.
    for noisy in ("kafka", "httpx", "httpcore", "psycopg.pool"):
        logging.getLogger(noisy).setLevel(max(logging.ERROR, logging.getLevelName(level)))
    # While a broker is away this one calls every try to reach it an error, each second, for hours.
    logging.getLogger("kafka.net").setLevel(logging.CRITICAL)
