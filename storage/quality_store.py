"""Findings in the database: read and written in the transaction that judges, listed and answered by people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from planwatch.contract.catalogue import Catalogue
from planwatch.contract.figures import Figure
from planwatch.contract.hj212 import FactorTable
from planwatch.contract.period import Period
from planwatch.contract.quality import Explanation, Finding, FindingState, MeterMonth, Outcome, RestsOn, Rule, Tracked
from planwatch.contract.report import Reading
from planwatch.storage.database import Connection, Database
from planwatch.storage.queries import load_queries

QUERIES = load_queries("quality.sql")


@dataclass
class Statements:
    """What one subject stated: all statements, which of them stand, and the values as they were written.

    Of those that stand ``notes`` are beside figures stated as held; ``early`` ones came before their period was over.
    """

    all: list[Figure] = field(default_factory=list)
    standing: list[Figure] = field(default_factory=list)
    written: dict[tuple[str, Period], Decimal] = field(default_factory=dict)
    notes: dict[tuple[str, Period], str] = field(default_factory=dict)
    early: set[tuple[str, Period]] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Known:
    """A finding as it is stored, and the how-manieth version it is."""

    tracked: Tracked
    version: int


class QualityWork:
    """What the checks ask of an open transaction and write in it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def statements(self, subjects: Sequence[str], units: Mapping[str, str]) -> dict[str, Statements]:
        """Everything subjects stated; ``units`` are indicators with canonical units."""
        found: dict[str, Statements] = {}
        periods: dict[tuple[date, int], Period] = {}  # many figures are for the same few
        cursor = self._connection.cursor(binary=True)
        one, unit, key = Statements(), None, ("", "")
        for subject, indicator, start, months, amount, *stated, value, stands in cursor.execute(
            QUERIES.statements, {"subjects": list(subjects)}
        ):
            if (subject, indicator) != key:  # rows come in the order of subjects and indicators
                key, unit = (subject, indicator), units.get(indicator)
                one = found.setdefault(subject, Statements()) if unit is not None else one
            if unit is None:
                continue
            period = periods.get((start, months))
            if period is None:
                period = periods[start, months] = Period.from_start(start, months)
            figure = Figure(*key, period, amount, unit, *stated)  # one text for all figures: quicker to compare
            one.all.append(figure)
            if stands:
                one.standing.append(figure)
                one.written[key[1], period] = value
        self._add_marks(subjects, found)
        return found

    def _add_marks(self, subjects: Sequence[str], found: Mapping[str, Statements]) -> None:
        for subject, indicator, start, months, note, early in self._connection.execute(
            QUERIES.marks_stated, {"subjects": list(subjects)}
        ):
            if (one := found.get(subject)) is None:
                continue
            key = (indicator, Period.from_start(start, months))
            if note is not None:
                one.notes[key] = note
            if early:
                one.early.add(key)

    def metered(
        self, subjects: Sequence[str], factors: FactorTable, catalogue: Catalogue
    ) -> dict[str, list[MeterMonth]]:
        """What lies behind the months gathered from HJ 212 days, by subject; totals in the canonical unit.

        Days are labelled by their date alone (the gateway refuses other labels): nothing is ever mislabelled.
        """
        found: dict[str, list[MeterMonth]] = {}
        bound = {"units": [one.removeprefix("unit:") for one in subjects], **_factor_columns(factors, catalogue)}
        for subject, indicator, start, value, unit, own, *counts in self._connection.execute(QUERIES.metered, bound):
            total = own
            if total is None and value is not None:
                total = catalogue.amount(Reading(indicator=indicator, value=value, unit=unit))
            expected, received, not_normal, flowless = counts
            month = MeterMonth(
                subject,
                indicator,
                Period.from_start(start, 1),
                Decimal(0) if total is None else total,
                expected,
                received,
                not_normal=not_normal,
                flowless=flowless,
            )
            found.setdefault(subject, []).append(month)
        return found

    def known(self, subjects: Sequence[str]) -> dict[str, list[Known]]:
        """The findings that stand, by subject."""
        found: dict[str, list[Known]] = {}
        for row in self._connection.execute(QUERIES.findings, {"subjects": list(subjects)}):
            found.setdefault(row[1], []).append(_known(row))
        return found

    def explanations(self, subjects: Sequence[str]) -> dict[str, list[Explanation]]:
        """What was said about findings of subjects, by subject."""
        found: dict[str, list[Explanation]] = {}
        for rule, subject, indicator, start, months, *said in self._connection.execute(
            QUERIES.explanations, {"subjects": list(subjects)}
        ):
            key = (rule, subject, indicator, Period.from_start(start, months))
            found.setdefault(subject, []).append(Explanation(key, *said))
        return found

    def save(self, fresh: Sequence[Known], now: datetime) -> None:
        """Write new versions of findings; a version above 1 closes the one before."""
        rows = [_columns(one, now) for one in fresh]
        with self._connection.cursor() as cursor:
            cursor.executemany(QUERIES.supersede, [row for row in rows if row["version"] > 1])
            cursor.executemany(QUERIES.insert, rows)

    def mark_regions(self, subjects: Sequence[str], now: datetime) -> None:
        """Mark the regions above subjects whose holds changed."""
        if subjects:
            self._connection.execute(QUERIES.mark_regions, {"subjects": list(subjects), "now": now})


class QualityStore:
    """The database as people who work through findings see it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def listed(
        self,
        now: datetime,
        *,
        region: str | None = None,
        subject: str | None = None,
        rule: str | None = None,
        everything: bool = False,
        limit: int = 200,
    ) -> list[dict[str, Any]]:
        """Findings as they stand, those that hold figures first, with the newest answer to each.

        ``region`` is meant with all registered below it on the day of ``now``; ``in_all`` says how many there are
        without the limit.
        """
        bound = {"region": region, "subject": subject, "rule": rule, "all": everything, "limit": limit, "now": now}
        with self._database.transaction() as connection, connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(QUERIES.listed, bound).fetchall()

    def knows(self, subject: str) -> bool:
        """Whether anything is registered, stated or found of a subject."""
        with self._database.transaction() as connection:
            row = connection.execute(QUERIES.knows, {"subject": subject}).fetchone()
        return bool(row and row[0])

    def standing(self) -> tuple[dict[str, int], int]:
        """How many findings still do something, by rule, and how many figures they keep out of sums."""
        with self._database.transaction() as connection:
            by_rule = {row[0]: int(row[1]) for row in connection.execute(QUERIES.counted)}
            row = connection.execute(QUERIES.held).fetchone()
        return by_rule, int(row[0]) if row else 0

    def find(self, rule: str, subject: str, indicator: str, period: Period) -> Tracked | None:
        """The finding with this key, as it stands."""
        with self._database.transaction() as connection:
            known = QualityWork(connection).known([subject]).get(subject, [])
        key = (rule, subject, indicator, period)
        return next((one.tracked for one in known if one.tracked.finding.key == key), None)

    def say(self, explanation: Explanation, now: datetime) -> None:
        """Write down what somebody says about a finding and have its subject checked and judged again."""
        rule, subject, indicator, period = explanation.key
        bound = {
            "rule": rule,
            "subject": subject,
            "indicator": indicator,
            "period_start": period.start,
            "months": period.months,
            "fingerprint": explanation.fingerprint,
            "said": explanation.text,
            "author": explanation.by,
            "accepted": explanation.accepted,
            "said_on": explanation.on,
            "now": now,
        }
        with self._database.transaction() as connection:
            connection.execute(QUERIES.say, bound)
            connection.execute(QUERIES.mark_checked, bound)
            connection.execute(QUERIES.wake_assess)


def _factor_columns(factors: FactorTable, catalogue: Catalogue) -> dict[str, list[Any]]:
    """Every code, old or new, of factors that go into an indicator of the catalogue; and the codes of flows."""
    rows = [
        (one.st, listed, one.code, one.indicator)
        for one in factors.factors
        for listed in (one.code, one.old_code)
        if listed and one.indicator in catalogue.by_id
    ]
    columns = ("sts", "listed", "codes", "indicators")
    flows = [one.code for one in factors.factors if one.flow]
    return {name: [row[at] for row in rows] for at, name in enumerate(columns)} | {"flows": flows}


def _known(row: Sequence[Any]) -> Known:
    (rule, subject, indicator, start, months, version, outcome, state, message, figures, threshold) = row[:11]
    finding = Finding(
        Rule(rule),
        subject,
        indicator,
        Period.from_start(start, months),
        Outcome(outcome),
        message,
        tuple(_rests_on(one) for one in figures),
        threshold,
    )
    return Known(Tracked(finding, FindingState(state), row[12], row[13]), version)


def _rests_on(entry: Mapping[str, Any]) -> RestsOn:
    period = Period.from_start(date.fromisoformat(entry["start"]), entry["months"])
    return RestsOn(entry["indicator"], period, Decimal(entry["amount"]), entry["revision"])


def _columns(known: Known, now: datetime) -> dict[str, Any]:
    tracked, finding = known.tracked, known.tracked.finding
    return {
        "rule": finding.rule.value,
        "subject": finding.subject,
        "indicator": finding.indicator,
        "period_start": finding.period.start,
        "months": finding.period.months,
        "version": known.version,
        "outcome": finding.outcome.value,
        "state": tracked.state.value,
        "message": finding.message,
        "figures": Jsonb(
            [
                {
                    "indicator": one.indicator,
                    "start": one.period.start.isoformat(),
                    "months": one.period.months,
                    "amount": format(one.amount, "f"),
                    "revision": one.revision,
                }
                for one in finding.figures
            ]
        ),
        "threshold": finding.threshold,
        "fingerprint": finding.fingerprint,
        "opened_on": tracked.opened,
        "changed_on": tracked.changed,
        "now": now,
    }
