"""A small database for the panels: two cities, a district, a unit nobody registered, levels of every kind."""

from typing import Any

import psycopg
from psycopg.types.json import Jsonb

LEVELS = {
    3: ("red", "一级", "Level I"),
    2: ("orange", "二级", "Level II"),
    1: ("yellow", "三级", "Level III"),
    0: ("green", "正常", "normal"),
}
PARTLY = {"coverage": "97.259", "sources_there": 35, "sources": 36}
Connection = psycopg.Connection[tuple[Any, ...]]


def insert(connection: Connection, table: str, **row: Any) -> None:
    """One row into a table of schema planwatch; dictionaries become JSON."""
    values = [Jsonb(value) if isinstance(value, dict | list) else value for value in row.values()]
    marks = ", ".join(["%s"] * len(row))
    connection.execute(f"INSERT INTO planwatch.{table} ({', '.join(row)}) VALUES ({marks})", values)


def register(connection: Connection, subject: str, name: str, region: str | None = None) -> None:
    """A registered region or unit."""
    insert(
        connection, "registry", subject=subject, kind=subject.partition(":")[0], revision=0, name=name, region=region,
        valid_from="2021-01-01", body={}, known_at="2021-01-01T00:00:00Z",
    )  # fmt: skip


def target(connection: Connection, name: str, plan: str, zh: str) -> None:
    """A live target."""
    reference = {"document": f"《{plan}》", "number": "〔2022〕1号", "section": "二、目标", "quote": "下降14.5%"}
    body = {"zh": zh, "en": f"{name} en", "kind": "reduction_rate", "nature": "binding", "reference": reference}
    insert(connection, "target_live", target=name, plan=plan, law="h" * 16, body=body, live_at="2022-01-01T00:00:00Z")


def judge(
    connection: Connection, subject: str, of: str, start: str, months: int, severity: int | None, **other: Any
) -> None:
    """A judgement; without a severity it is not rated unless told otherwise."""
    colour, zh, en = LEVELS[severity] if severity is not None else (None, None, None)
    plan = of.partition(".")[0]
    row = {
        "period_start": start, "months": months, "subject": subject, "plan": plan, "target": of, "yardstick": "annual",
        "judgement": 1, "status": "not_rated" if severity is None else "rated", "severity": severity,
        "colour": colour, "label_zh": zh, "label_en": en, "actual": None if severity is None else "1.25",
        "expected": "3", "gap": "1.75", "unit": "%", "formula": "3 − 1.25 = 1.75", "reason": "", "better": "再降 0.75",
        "rule_set": "r", "path": "geometric", "edition": "2020", "used": [], "law": "h" * 16, "cause": "figures",
        "judged_at": "2025-04-20T01:00:00Z",
    }  # fmt: skip
    insert(connection, "assessment", **(row | other))


def warn(connection: Connection, subject: str, of: str, last: tuple[str, int], severity: int, **other: Any) -> None:
    """An active warning that one change raised, waiting to be told, with one delivery that failed."""
    colour, zh, en = LEVELS[severity]
    key = {"plan": of.partition(".")[0], "target": of, "subject": subject, "yardstick": "annual"}
    name = f"{subject}/{of}"
    words = {"severity": severity, "colour": colour, "zh": zh, "en": en}
    at = "2025-04-20T01:00:00Z"
    warning = {
        "warning_id": name, **key, "state": "active", "first_start": last[0], "first_months": last[1],
        "last_start": last[0], "last_months": last[1], "severity": severity, "colour": colour, "label_zh": zh,
        "label_en": en, "peak": severity, "changes": 1, "opened_at": at, "changed_at": at,
    }  # fmt: skip
    change = {
        "change_id": f"{name}/1", "warning_id": name, "number": 1, **key, "kind": "raised", "period_start": last[0],
        "months": last[1], "after": words, "after_severity": severity, "cause": "correction", "corrected": True,
        "law": "h" * 16, "changed_at": at,
    }  # fmt: skip
    insert(connection, "warning", **(warning | other))
    insert(connection, "level_change", **change)
    insert(connection, "outbox", change_id=f"{name}/1", warning_id=name, body={}, created_at=at)
    insert(
        connection, "delivery", change_id=f"{name}/1", receiver="webhook", state="failed", reason="raised", attempts=3,
        error="410 Gone",
    )  # fmt: skip


def fill(connection: Connection) -> None:
    """Everything the panels show, once of each kind."""
    register(connection, "region:120000", "天津市")
    register(connection, "region:120101", "和平区", "120000")
    register(connection, "region:500000", "重庆市")
    for name, plan, zh in (
        ("tianjin.intensity", "tianjin", "单位地区生产总值能耗降低率"),
        ("chongqing.intensity", "chongqing", "单位地区生产总值能耗降低率"),
        ("tianjin.cod-basic", "tianjin", "化学需氧量减排量"),
        ("tianjin.cod-incentive", "tianjin", "化学需氧量减排量"),
    ):
        target(connection, name, plan, zh)
    judge(connection, "region:120000", "tianjin.intensity", "2025-01-01", 2, 1)
    judge(connection, "region:120000", "tianjin.intensity", "2025-01-01", 3, 3, **PARTLY)
    judge(connection, "region:120000", "tianjin.cod-basic", "2025-01-01", 2, None, reason="缺 2025年2月")
    judge(connection, "region:120000", "tianjin.cod-basic", "2025-01-01", 3, 0)
    judge(
        connection,
        "region:120000",
        "tianjin.cod-incentive",
        "2025-01-01",
        3,
        None,
        reason="缺 2025年3月 化学需氧量",
        **PARTLY,
    )
    judge(connection, "region:120101", "tianjin.intensity", "2025-01-01", 3, None, status="exempt", reason="免于考核")
    judge(connection, "region:500000", "chongqing.intensity", "2024-01-01", 12, 2, yardstick="five_year")
    judge(connection, "unit:stray", "tianjin.intensity", "2025-01-01", 3, 2)
    warn(connection, "region:120000", "tianjin.intensity", ("2025-01-01", 3), 3)
    warn(connection, "unit:stray", "tianjin.intensity", ("2025-01-01", 3), 2)
    insert(
        connection, "mark", subject="region:500000", period_start="2025-04-01", cause="figures", marked_at="2025-04-20"
    )
    for offset, reason in enumerate(("not_json", "unfit_unit", "unfit_unit")):
        faults = [{"path": "readings.0.unit", "message": "does not fit", "given": "吨"}]
        insert(
            connection, "reject", topic="planwatch.reports.v1", partition=0, message_offset=offset, reason=reason,
            body={"faults": faults}, rejected_at="2025-04-20T01:00:00Z",
        )  # fmt: skip
