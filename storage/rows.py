"""Rows to contract values and back: the one place that knows both the columns and the classes."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from psycopg.types.json import Jsonb

from planwatch.contract.assessment import Assessment, Status
from planwatch.contract.figures import Figure, Used
from planwatch.contract.period import Period
from planwatch.contract.plan import Level, Yardstick
from planwatch.contract.warning import Change, EarlyWarning, EpisodeState, WarningKey


def level_of_row(severity: int | None, colour: str | None, zh: str | None, en: str | None) -> Level | None:
    """A level, or None where none was given."""
    if severity is None or colour is None or zh is None or en is None:
        return None
    return Level(severity=severity, colour=colour, zh=zh, en=en)


def level_columns(level: Level | None) -> dict[str, Any]:
    """A level as columns."""
    return {
        "severity": level.severity if level else None,
        "colour": level.colour if level else None,
        "label_zh": level.zh if level else None,
        "label_en": level.en if level else None,
    }


def period_columns(prefix: str, period: Period | None) -> dict[str, Any]:
    """A period as its two columns."""
    return {
        f"{prefix}_start": period.start if period else None,
        f"{prefix}_months": period.months if period else None,
    }


def used_to_json(used: Sequence[Used]) -> list[dict[str, Any]]:
    """Figures with their signs, as kept with an assessment; amounts as text so that no digit is lost."""
    return [
        {
            "sign": one.sign,
            "subject": one.figure.subject,
            "indicator": one.figure.indicator,
            "start": one.figure.period.start.isoformat(),
            "months": one.figure.period.months,
            "amount": format(one.figure.amount, "f"),
            "unit": one.figure.unit,
            "revision": one.figure.revision,
            "flag": one.figure.flag,
            "report_id": one.figure.report_id,
            "source": one.figure.source,
        }
        for one in used
    ]


def used_from_json(entries: Sequence[Mapping[str, Any]]) -> tuple[Used, ...]:
    """The inverse of used_to_json."""
    return tuple(
        Used(
            entry["sign"],
            Figure(
                entry["subject"],
                entry["indicator"],
                period_of(entry["start"], entry["months"]),
                Decimal(entry["amount"]),
                entry["unit"],
                entry["revision"],
                entry["flag"],
                entry["report_id"],
                entry["source"],
            ),
        )
        for entry in entries
    )


@lru_cache(maxsize=4096)
def period_of(start: str, months: int) -> Period:
    """A period from an ISO date and a number of months."""
    year, month, _ = start.split("-")
    return Period(int(year), int(month), int(month) + months - 1)


def assessment_columns(assessment: Assessment) -> dict[str, Any]:
    """An assessment as columns, all but judgement, cause and time."""
    return {
        "period_start": assessment.period.start,
        "months": assessment.period.months,
        "subject": assessment.subject,
        "plan": assessment.plan,
        "target": assessment.target,
        "yardstick": assessment.yardstick.value,
        "status": assessment.status.value,
        **level_columns(assessment.level),
        "actual": assessment.actual,
        "expected": assessment.expected,
        "gap": assessment.gap,
        "unit": assessment.unit,
        "formula": assessment.formula,
        "reason": assessment.reason,
        "better": assessment.better,
        "rule_set": assessment.rule_set,
        "path": assessment.path,
        "edition": assessment.edition,
        "used": Jsonb(used_to_json(assessment.used)),
        "law": assessment.law,
        "scope": assessment.scope,
        "coverage": assessment.coverage,
        "sources_there": assessment.sources_there,
        "sources": assessment.sources,
    }


WHOLE = 27
"""How many columns a whole judgement has; what a query asks besides comes after them."""


def assessment_of_row(row: Sequence[Any]) -> Assessment:
    """An assessment from the first columns of the queries that ask for a whole one."""
    (plan, target, subject, yardstick, start, months, status, severity, colour, zh, en) = row[:11]
    (actual, expected, gap, unit, formula, reason, better, rule_set, path, edition, used, law, scope) = row[11:24]
    coverage, there, sources = row[24:WHOLE]
    return Assessment(
        plan, target, subject, Yardstick(yardstick), Period.from_start(start, months), Status(status),
        level_of_row(severity, colour, zh, en), actual, expected, gap, unit, formula, reason, better, rule_set, path,
        edition, used_from_json(used), law, scope, coverage, there, sources,
    )  # fmt: skip


def warning_of_row(row: Sequence[Any]) -> EarlyWarning:
    """A warning from the columns of the query `warnings_of`."""
    (warning_id, plan, target, subject, yardstick, state, first_start, first_months, last_start, last_months) = row[:10]
    (cleared_start, cleared_months, severity, colour, zh, en, peak, changes) = row[10:18]
    level = level_of_row(severity, colour, zh, en)
    assert level is not None
    return EarlyWarning(
        warning_id,
        WarningKey(plan, target, subject, Yardstick(yardstick)),
        EpisodeState(state),
        Period.from_start(first_start, first_months),
        Period.from_start(last_start, last_months),
        level,
        peak,
        changes,
        Period.from_start(cleared_start, cleared_months) if cleared_start else None,
    )


def warning_columns(warning: EarlyWarning) -> dict[str, Any]:
    """A warning as columns, all but times."""
    return {
        "warning_id": warning.id,
        "plan": warning.key.plan,
        "target": warning.key.target,
        "subject": warning.key.subject,
        "yardstick": warning.key.yardstick.value,
        "state": warning.state.value,
        **period_columns("first", warning.first),
        **period_columns("last", warning.last),
        **period_columns("cleared", warning.cleared_at),
        **level_columns(warning.level),
        "peak": warning.peak,
        "changes": warning.changes,
    }


def change_columns(change: Change, law: str) -> dict[str, Any]:
    """A change as columns, all but its time."""
    return {
        "change_id": change.id,
        "warning_id": change.warning_id,
        "number": change.number,
        "plan": change.key.plan,
        "target": change.key.target,
        "subject": change.key.subject,
        "yardstick": change.key.yardstick.value,
        "kind": change.kind.value,
        "period_start": change.period.start,
        "months": change.period.months,
        "before": Jsonb(change.before.model_dump()) if change.before else None,
        "after": Jsonb(change.after.model_dump()) if change.after else None,
        "before_severity": change.before.severity if change.before else None,
        "after_severity": change.after.severity if change.after else None,
        "cause": change.cause.value,
        "corrected": change.corrected,
        "law": law,
    }
