"""How good the quality checks are: false alarms on clean simulated figures, recall on seeded faults, cost a reading."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from time import process_time

from planwatch.contract.catalogue import Catalogue
from planwatch.contract.figures import Figure
from planwatch.contract.period import Period
from planwatch.contract.quality import Finding, MeterMonth
from planwatch.contract.report import parse_report
from planwatch.quality.rulebook import Rulebook
from planwatch.service.quality_subjects import Stated, stated
from planwatch.simulate.clock import UNIT_DAY, each_month, survey_period
from planwatch.simulate.faults import FAULTS, Seeded, seeded
from planwatch.simulate.faults_beside import beside, lively
from planwatch.simulate.units import messages

FIRST, LAST = Period.month(2023, 1), Period.month(2025, 12)
TODAY = date(2026, 2, 1)
KINDS = (*FAULTS, "重复且不一致", "在线数据只到八成", "时间标签偏五分钟", "三成标记不正常", "零流量有排放")

ALONE = {"Q08", "Q09", "Q10", "Q11", "Q12", "Q18", "Q19", "Q20", "Q21"}
"""Rules that must find their faults in what a unit reports anyway: nothing beside it gives the fault away."""


def survey_due(_: str, period: Period) -> date | None:
    """The deadlines the made-up units keep: the 15th of the next month, January and February together."""
    asked = survey_period(Period.month(period.year, period.last))
    return period.after.replace(day=UNIT_DAY) if period == asked else None


@dataclass
class Alarms:
    """Findings on figures that are clean."""

    readings: int = 0
    unit_months: int = 0
    flagged: int = 0
    by_rule: Counter[str] = field(default_factory=Counter)

    def add(self, unit: Stated, findings: Iterable[Finding]) -> None:
        """Count a unit's findings."""
        found = list(findings)
        self.readings += len(unit.statements)
        self.unit_months += len({one.period for one in unit.statements})
        self.flagged += len({one.period for one in found})
        self.by_rule.update(one.rule.value for one in found)


@dataclass
class Caught:
    """Of one kind of fault: how many were seeded, found by the rule meant, and by any rule."""

    rule: str = ""
    seeded: int = 0
    meant: int = 0
    any_rule: int = 0


@dataclass
class Cost:
    """Seconds spent on the same readings."""

    readings: int = 0
    decode: float = 0.0
    check: float = 0.0


@dataclass
class Measured:
    """Everything measured on simulated figures."""

    plain: Alarms = field(default_factory=Alarms)
    lively: Alarms = field(default_factory=Alarms)
    caught: dict[str, Caught] = field(default_factory=lambda: {kind: Caught() for kind in KINDS})
    cost: Cost = field(default_factory=Cost)


def measure(seeds: Iterable[int], units: int, book: Rulebook, catalogue: Catalogue) -> Measured:
    """Simulated units of several seeds, clean, lived-in, and with each fault alone."""
    result = Measured()
    for seed in seeds:
        for clean in _clean(seed, units, catalogue, result.cost):
            figures, metered = beside(seed, tuple(clean.statements))
            unit = _stated(clean.subject, figures, metered)
            begun = process_time()
            base = unit.findings(book, TODAY, due=survey_due)
            result.cost.check += process_time() - begun
            result.cost.readings += len(figures)
            result.plain.add(unit, base)
            for fault in seeded(seed, clean.subject, figures, metered):
                if fault.rule not in ALONE:
                    _catch(fault, base, book, catalogue, result.caught[fault.kind])
            base = clean.findings(book, TODAY, due=survey_due)
            for fault in seeded(seed, clean.subject, tuple(clean.statements), ()):
                if fault.rule in ALONE:
                    _catch(fault, base, book, catalogue, result.caught[fault.kind])
            lived, gathered = beside(seed, lively(seed, tuple(clean.statements)))
            worn = _stated(clean.subject, lived, gathered)
            result.lively.add(worn, worn.findings(book, TODAY, due=survey_due))
    return result


def _clean(seed: int, units: int, catalogue: Catalogue, cost: Cost) -> Iterator[Stated]:
    raw = [value for month in each_month(FIRST, LAST) for _, value in messages(seed, units, month)]
    catalogue.faults(parse_report(raw[0]))  # what is worked out once is no cost of a reading
    begun = process_time()
    for value in raw:
        assert not catalogue.faults(parse_report(value)), "simulated reports are clean"
    spent = process_time() - begun
    found = stated(map(parse_report, raw), catalogue)
    own = sum(len(unit.statements) for unit in found.values())
    cost.decode += spent / own  # seconds a reading, summed over seeds
    yield from found.values()


def _stated(subject: str, figures: Iterable[Figure], metered: Iterable[MeterMonth]) -> Stated:
    return Stated(subject, list(figures), {}, list(metered))


def _catch(fault: Seeded, base: Iterable[Finding], book: Rulebook, catalogue: Catalogue, caught: Caught) -> None:
    """Whether there is a finding in the fault's months that the clean figures do not have."""
    figures = [_as_ingest(one, catalogue) for one in fault.figures]
    found = _stated(fault.subject, figures, fault.metered).findings(book, TODAY, due=survey_due)
    known = {one.key for one in base}
    fresh = [one for one in found if one.key not in known and _about(one, fault)]
    caught.rule = fault.rule
    caught.seeded += 1
    caught.any_rule += bool(fresh)
    caught.meant += any(one.rule.value == fault.rule for one in fresh)


def _about(finding: Finding, fault: Seeded) -> bool:
    return any(one.contains(finding.period) or finding.period.contains(one) for one in fault.months)


def _as_ingest(figure: Figure, catalogue: Catalogue) -> Figure:
    """Held where ingest would hold it."""
    negative = figure.amount < 0 and not catalogue.by_id[figure.indicator].may_be_negative
    return replace(figure, flag="held") if negative else figure
