"""A target that sums over units, made of a shipped one: what quality checks take out of sums shows in it."""

from datetime import UTC, date, datetime
from decimal import Decimal

from assess_support import query

from planwatch.contract.plan import Basis, Cadence, Law, Measure, TargetKind, Yardstick
from planwatch.contract.registry import RegionRecord, UnitRecord
from planwatch.contract.report import Reading, Report, Subject, SubjectKind
from planwatch.plans.merged import load_merged

NOW = datetime(2024, 3, 1, 3, tzinfo=UTC)
SINCE = date(2022, 1, 1)
SHIPPED = load_merged()
RECORDS = [
    RegionRecord(id="500000", name="重庆市", valid_from=SINCE),
    UnitRecord(id="A", name="甲厂", region="500000", valid_from=SINCE),
    UnitRecord(id="B", name="乙厂", region="500000", valid_from=SINCE),
]


def summed(shipped):
    """Chongqing's industrial intensity target made one of its units' coal: at most 400,000 tce a year."""
    target = shipped.targets["chongqing.industrial-intensity"]
    return target.model_copy(
        update={
            "kind": TargetKind.LEVEL_MAX,
            "measure": Measure(of="energy.standard_coal", unit="tce"),
            "sum_of": SubjectKind.UNIT,
            "value": Decimal(400000),
            "unit": "tce",
            "base_year": None,
            "target_year": None,
            "path": None,
            "rule_set": "limit",
            "basis": Basis.EQUIVALENT,
            "yardsticks": (Yardstick.SINGLE,),
            "cadence": Cadence.MONTH,
        }
    )


def law_with(target):
    """The shipped law with one target of Chongqing's and no other."""
    plans = tuple(
        type(plan)(**{**dict(plan), "targets": (target,) if plan.region == "500000" else (), "mechanisms": ()})
        for plan in SHIPPED.plans
    )
    return Law(
        plans=plans,
        rule_sets=SHIPPED.rule_sets,
        coal=SHIPPED.coal,
        catalogue=SHIPPED.catalogue,
        quality=SHIPPED.quality,
        duties=SHIPPED.duties,
        working_years=SHIPPED.working_years,
    )


LAW = law_with(summed(SHIPPED))


def coal(unit, month, tonnes, revision=0, flag=None):
    """A unit's coal of a month."""
    return Report(
        report_id=f"{unit}-{month}-{revision}",
        subject=Subject(kind=SubjectKind.UNIT, id=unit),
        period=month,
        revision=revision,
        submitted_at=NOW,
        readings=(Reading(indicator="energy.raw_coal", value=Decimal(tonnes), unit="t", flag=flag),),
    )


def months(unit):
    """Two years of steady, honest months."""
    wobble = (13, 7, 11, 3, 17, 5, 19, 2, 23, 8, 29, 4)
    for year in (2022, 2023):
        for month in range(1, 13):
            yield coal(unit, f"{year}-{month:02d}", f"{10000 + 37 * wobble[month - 1] + 101 * (year - 2022)}.{month}")


def level(database):
    rows = query(
        database,
        "SELECT status, coalesce(colour, reason) FROM board.barometer WHERE subject = 'region:500000'",
    )
    return rows[0]
