"""Runs the examples of the plans: what judging gives for the figures of an example against what its author expects."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from planwatch.contract.assessment import Assessment, Status
from planwatch.contract.catalogue import Catalogue
from planwatch.contract.decomposition import SubTarget
from planwatch.contract.errors import InvalidDocument
from planwatch.contract.example import Example, Expected, GivenFigure
from planwatch.contract.figures import Figure, Figures, Terms
from planwatch.contract.period import Period
from planwatch.contract.plan import Comparator, Law, Level, Plan, Target, Yardstick
from planwatch.contract.records import Records
from planwatch.contract.registry import MeasuredFactor, UnitRecord, parent_region
from planwatch.contract.report import Reading
from planwatch.plans.decompositions import target_of
from planwatch.plans.loader import examples_with_lines
from planwatch.rules.case import Surroundings
from planwatch.rules.comparator import AT_MOST_KINDS
from planwatch.rules.judge import judge
from planwatch.rules.level import level_of


@dataclass(frozen=True, slots=True)
class Outcome:
    """One example that was run: where it stands, and how what came out differs from what is expected."""

    file: str
    line: int
    name: str
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """What came out on one yardstick, whichever form the example has."""

    status: Status
    level: Level | None
    actual: Decimal | None
    expected: Decimal | None
    gap: Decimal | None
    reason: str


def run_examples(law: Law, files: Iterable[Path]) -> Iterator[Outcome]:
    """Each example of each file; raises InvalidDocument where an example names what the law does not have."""
    for file in files:
        for line, example in examples_with_lines(file):
            try:
                found = _direct(law, example) if example.rule_set else _judged(law, example)
            except (KeyError, ValueError) as error:
                raise InvalidDocument(str(file), ((line, f"{example.name}: {_words(error)}"),)) from error
            yield Outcome(str(file), line, example.name, tuple(_differences(example, found)))


def _words(error: Exception) -> str:
    return str(error.args[0]) if error.args else type(error).__name__


def _direct(law: Law, example: Example) -> dict[Yardstick, _Found]:
    if example.rule_set not in law.rule_sets:
        raise ValueError(f"unknown rule set {example.rule_set!r}; known: {', '.join(law.rule_sets)}")
    assert example.actual is not None and example.expected is not None
    verdict = level_of(
        law.rule_sets[example.rule_set],
        actual=example.actual,
        expected=example.expected,
        month=example.month,
        comparator=Comparator.AT_MOST if example.kind in AT_MOST_KINDS else Comparator.AT_LEAST,
    )
    status = Status.RATED if verdict.level else Status.NOT_RATED
    found = _Found(status, verdict.level, example.actual, example.expected, verdict.quantity, verdict.reason)
    return {Yardstick.SINGLE: found}


def _judged(law: Law, example: Example) -> dict[Yardstick, _Found]:
    assert example.subject is not None and example.as_of is not None
    records = Records.of(example.records)
    figures = Figures.of((_figure(law.catalogue, given) for given in example.figures), _terms(records))
    point = Period.parse(example.as_of, cumulative=True)
    law = _with_rows(law, example.rows)
    around = Surroundings(example.members, records, example.today)
    assessments = judge(_target(law, example), example.subject, point, figures, law, around=around)
    return {assessment.yardstick: _of(assessment) for assessment in assessments}


def _terms(records: Records) -> Terms:
    """On what terms figures count by the register entries of an example, as the database gives them."""
    measured: dict[str, dict[tuple[str, date], MeasuredFactor]] = {}
    ended: dict[str, date] = {}
    regions: dict[str, str] = {}
    gaps: dict[str, tuple[tuple[date, date], ...]] = {}
    for subject in records.subjects():
        for version in records.versions(subject):
            factors = version.measured_factors if isinstance(version, UnitRecord) else ()
            measured.setdefault(subject, {}).update({(one.energy_kind, one.valid_from): one for one in factors})
        gaps |= {subject: closed} if (closed := tuple(records.gaps(subject))) else {}
        newest = records.versions(subject)[-1]
        ended |= {subject: newest.valid_to} if newest.valid_to else {}
        regions |= {subject: region} if (region := parent_region(newest)) else {}
    return Terms({subject: tuple(one.values()) for subject, one in measured.items()}, ended, regions, gaps=gaps)


def _with_rows(law: Law, rows: Mapping[str, SubTarget]) -> Law:
    """A law in which each decomposed target the example gives a row for is its holder's, under its own id."""
    made = {name: _held(law, name, row) for name, row in rows.items()}
    if not made:
        return law
    plans = tuple(
        Plan(**{**dict(plan), "targets": tuple(made.get(one.id, one) for one in plan.targets)}) for plan in law.plans
    )
    return Law(plans=plans, rule_sets=law.rule_sets, coal=law.coal, catalogue=law.catalogue)


def _held(law: Law, name: str, row: SubTarget) -> Target:
    """The holder's target under the id of the decomposed one, so that what looks at it finds it by that id."""
    template = _known(law, name)
    if template.decompose is None:
        raise ValueError(f"{name} is not decomposed: it has its own value, so it takes no row")
    named = {"id": template.id, "exempt_if": template.exempt_if, "follows": template.follows}
    return target_of(template, row, law, {}).model_copy(update=named)


def _target(law: Law, example: Example) -> Target:
    if isinstance(example.target, Target):
        return example.target
    return _known(law, str(example.target))


def _known(law: Law, name: str) -> Target:
    if name not in law.targets:
        raise ValueError(f"unknown target {name!r}; see `planwatch plans list`")
    return law.targets[name]


def _figure(catalogue: Catalogue, given: GivenFigure) -> Figure:
    indicator = catalogue.by_id.get(given.indicator)
    if indicator is None:
        raise ValueError(f"unknown indicator {given.indicator!r}; see `planwatch plans indicators`")
    if given.unit not in catalogue.allowed_units(indicator.id):
        allowed = ", ".join(catalogue.allowed_units(indicator.id))
        raise ValueError(f"{given.unit} does not fit {indicator.id}; allowed: {allowed}")
    amount = catalogue.amount(Reading(indicator=indicator.id, value=given.value, unit=given.unit))
    period = Period.parse(given.period, cumulative=given.cumulative)
    return Figure(given.subject, indicator.id, period, amount, indicator.unit)


def _of(assessment: Assessment) -> _Found:
    return _Found(
        assessment.status,
        assessment.level,
        assessment.actual,
        assessment.expected,
        assessment.gap,
        assessment.reason,
    )


def _differences(example: Example, found: dict[Yardstick, _Found]) -> Iterator[str]:
    for yardstick, expected in example.expect.items():
        if yardstick not in found:
            yield f"{yardstick}: nothing came out; there are {', '.join(found)}"
            continue
        yield from (f"{yardstick}: {difference}" for difference in _compared(expected, found[yardstick]))


def _compared(expected: Expected, found: _Found) -> Iterator[str]:
    if found.status is not expected.status:
        yield f"status is {found.status}, expected {expected.status}" + (f" ({found.reason})" if found.reason else "")
    colour, severity = (found.level.colour, found.level.severity) if found.level else (None, None)
    if expected.colour not in (None, colour):
        yield f"colour is {colour}, expected {expected.colour}"
    if expected.severity not in (None, severity):
        yield f"severity is {severity}, expected {expected.severity}"
    if expected.reason is not None and expected.reason not in found.reason:
        yield f"reason is {found.reason!r}, expected one with {expected.reason!r}"
    for name in ("actual", "expected", "gap"):
        wanted, got = getattr(expected, name), getattr(found, name)
        if wanted is not None and (got is None or abs(got - wanted) > expected.tolerance):
            yield f"{name} is {got}, expected {wanted} ± {expected.tolerance}"
