"""Reports of 两高 projects and of the reduction ledger."""

from collections.abc import Iterator
from decimal import Decimal
from random import Random

from planwatch.contract.period import Period
from planwatch.contract.report import Reading, Report, Source, Subject, SubjectKind
from planwatch.simulate.clock import PROJECT_DAY, handed_in
from planwatch.simulate.region_figures import divided
from planwatch.simulate.stories import DOUBLED, LEDGER_YEAR, REDUCTIONS, TWO_HIGH, ReductionStory, TwoHighStory

FIRST_YEAR = 2020
_KGCE_PER_T_COAL, _KGCE_PER_10_MWH = 7143, 1229  # 0.7143 kgce/kg and 0.1229 kgce/kWh, each times ten thousand


def reports(seed: int, month: Period) -> Iterator[Report]:
    """What the projects report for one month; projects report every month, January too."""
    for two_high in TWO_HIGH:
        if FIRST_YEAR <= month.year < FIRST_YEAR + len(two_high.yearly):
            yield _report(two_high.id, month, Source.METER, _energy(two_high, seed, month))
    for ledger in (*REDUCTIONS, *DOUBLED):
        if ledger.since <= month.year < LEDGER_YEAR + len(ledger.pace):
            yield _report(ledger.id, month, Source.MANUAL, _cut(ledger, seed, month))


def _report(project: str, month: Period, source: Source, readings: tuple[Reading, ...]) -> Report:
    return Report(
        report_id=f"{project}-{month.label}",
        subject=Subject(kind=SubjectKind.PROJECT, id=project),
        period=month.label,
        submitted_at=handed_in(month, PROJECT_DAY),
        source=source,
        readings=readings,
    )


def _to_date(yearly: int, month: int, random: Random) -> int:
    """An even twelfth a month, give or take a little that is made up for by December."""
    return yearly * month // 12 + (random.randint(-yearly, yearly) // 600 if month < 12 else 0)


def _in_month(yearly: int, month: Period, name: str) -> int:
    random = Random(f"{name}/{month.year}")
    to_date = [0, *(_to_date(yearly, number, random) for number in range(1, 13))]
    return to_date[month.last] - to_date[month.last - 1]


def _energy(story: TwoHighStory, seed: int, month: Period) -> tuple[Reading, ...]:
    kgce = _in_month(story.yearly[month.year - FIRST_YEAR] * 1000, month, f"{seed}/{story.id}")
    coal_kg = divided(kgce * story.coal * 10, _KGCE_PER_T_COAL)
    kwh = divided(kgce * (1000 - story.coal) * 10, _KGCE_PER_10_MWH)
    return (
        Reading(indicator="energy.raw_coal", value=Decimal(coal_kg).scaleb(-3), unit="t"),
        Reading(indicator="energy.electricity", value=Decimal(kwh), unit="kWh"),
    )


def _cut(story: ReductionStory, seed: int, month: Period) -> tuple[Reading, ...]:
    """What is verified and, as much again, what was claimed."""
    pace = story.pace[month.year - LEDGER_YEAR]
    return tuple(
        Reading(
            indicator=indicator + kind,
            value=Decimal(_in_month(due * pace // 5000, month, f"{seed}/{story.id}/{indicator}")).scaleb(-2),
            unit="t",
        )
        for indicator, due in story.due
        for kind in ("", ".claimed")
    )
