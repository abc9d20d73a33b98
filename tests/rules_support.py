"""Small laws and figures for the tests of the rules: a valid object each, of which a test overrides what matters."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from planwatch.contract.catalogue import Catalogue, Indicator, UnitOfMeasure
from planwatch.contract.figures import Figure, Figures
from planwatch.contract.period import Period
from planwatch.contract.plan import (
    AppliesTo,
    Band,
    CoalTable,
    Coefficient,
    Law,
    Level,
    Measure,
    Plan,
    Reference,
    RuleSet,
    RuleSetKind,
    Scope,
    Target,
    TargetKind,
)
from planwatch.contract.report import SubjectKind

D = Decimal
REGION = "region:500000"
GREEN = Level(severity=0, colour="green", zh="三级", en="Level 3")
YELLOW = Level(severity=1, colour="yellow", zh="二级", en="Level 2")
ORANGE = Level(severity=2, colour="orange", zh="橙色", en="Orange")
RED = Level(severity=3, colour="red", zh="一级", en="Level 1")

_UNITS = [
    ("kg", "mass", "1"),
    ("t", "mass", "1000"),
    ("万t", "mass", "10000000"),
    ("kWh", "electricity", "1"),
    ("万kWh", "electricity", "10000"),
    ("m3", "volume", "1"),
    ("kgce", "standard_coal", "1"),
    ("tce", "standard_coal", "1000"),
    ("万tce", "standard_coal", "10000000"),
    ("CNY", "money", "1"),
    ("m2", "area", "1"),
    ("kgce/m2", "energy_per_area", "1"),
    ("%", "ratio", "1"),
    ("个", "count", "1"),
]
_INDICATORS = [
    ("energy.raw_coal", "t", "flow", "raw_coal"),
    ("energy.natural_gas", "m3", "flow", "natural_gas"),
    ("energy.slime", "kg", "flow", "slime"),
    ("energy.electricity", "kWh", "flow", "electricity"),
    ("energy.hydrogen", "m3", "flow", "hydrogen"),
    ("energy.heat", "tce", "flow", "heat"),
    ("energy.total", "tce", "flow", None),
    ("gdp", "CNY", "flow", None),
    ("reduction.cod", "t", "flow", None),
    ("water.new", "m3", "flow", None),
    ("share.good_air", "%", "state", None),
    ("count.green_plants", "个", "state", None),
    ("count.new_plants", "个", "flow", None),
    ("energy.renewable_power", "tce", "flow", None),
    ("energy.feedstock.olefins", "tce", "flow", None),
    ("energy.feedstock.alcohols", "tce", "flow", None),
    ("energy.listed_projects", "tce", "flow", None),
    ("energy.non_fossil", "tce", "flow", None),
    ("emission.voc", "t", "flow", None),
    ("area.building", "m2", "state", None),
    ("output.steel", "t", "flow", None),
]


def make_catalogue() -> Catalogue:
    """Indicators and units that the tests need."""
    return Catalogue(
        units=tuple(UnitOfMeasure(symbol=s, dimension=d, factor=D(f)) for s, d, f in _UNITS),
        indicators=tuple(
            Indicator(
                id=name,
                zh=name,
                en=name,
                unit=unit,
                behaviour=behaviour,
                reported_by=(SubjectKind.UNIT, SubjectKind.REGION, SubjectKind.PROJECT),
                energy_kind=kind,
            )
            for name, unit, behaviour, kind in _INDICATORS
        ),
    )


def make_coal() -> CoalTable:
    """A table with a plain coefficient in another unit, a range with and one without default, and 等价值 of 2023."""
    return CoalTable(
        edition="test-2020",
        source="test",
        kinds={
            "raw_coal": Coefficient(cn="原煤", unit="kg", kgce=D("0.7143"), status="seen"),
            "natural_gas": Coefficient(
                cn="天然气", unit="m3", kgce_min=D("1.1"), kgce_max=D("1.33"), default=D("1.2143"), status="check"
            ),
            "slime": Coefficient(cn="煤泥", unit="kg", kgce_min=D("0.2857"), kgce_max=D("0.4286"), status="seen"),
            "electricity": Coefficient(cn="电力", unit="kWh", kgce=D("0.1229"), status="seen"),
            "heat": Coefficient(cn="热力", unit="kWh", kgce=D("0.1229"), status="seen"),
        },
        electricity_primary={"2023": D("0.3020"), "2023-500000": D("0.2990")},
    )


NATIONAL = RuleSet(
    id="national",
    kind=RuleSetKind.RELATIVE_GAP,
    zh="晴雨表",
    en="barometer",
    source="test",
    bands=(
        Band(level=GREEN, at_most=D(0)),
        Band(level=YELLOW, more_than=D(0), at_most=D("0.10")),
        Band(level=RED, more_than=D("0.10")),
    ),
    undefined=YELLOW,
)
SIGN = RuleSet(
    id="sign",
    kind=RuleSetKind.SIGN_THEN_PROGRESS,
    zh="2021",
    en="2021",
    source="test",
    bands=tuple(Band(level=level, at_least=D(n), at_most=D(n)) for n, level in ((0, GREEN), (1, YELLOW), (2, RED))),
)
HANGZHOU = RuleSet(
    id="hangzhou",
    kind=RuleSetKind.GAP_PP,
    zh="杭州",
    en="Hangzhou",
    source="test",
    bands=(
        Band(level=GREEN, less_than=D("0.3"), months=(6, 6)),
        Band(level=YELLOW, at_least=D("0.3"), less_than=D(1), months=(6, 6)),
        Band(level=ORANGE, at_least=D(1), at_most=D(2), months=(6, 6)),
        Band(level=RED, more_than=D(2), months=(6, 6)),
    ),
)
COMPLETION = RuleSet(
    id="completion",
    kind=RuleSetKind.COMPLETION_RATE,
    zh="完成率",
    en="completion",
    source="test",
    bands=(
        Band(level=GREEN, at_least=D(1)),
        Band(level=YELLOW, at_least=D("0.9"), less_than=D(1)),
        Band(level=ORANGE, more_than=D("0.5"), less_than=D("0.9")),
        Band(level=RED, at_most=D("0.5")),
    ),
)
THRESHOLD = RuleSet(
    id="threshold",
    kind=RuleSetKind.THRESHOLD,
    zh="门槛",
    en="threshold",
    source="test",
    bands=(
        Band(level=GREEN, less_than=D("0.8")),
        Band(level=YELLOW, at_least=D("0.8"), less_than=D(1)),
        Band(level=RED, at_least=D(1)),
    ),
)
LIMIT = RuleSet(
    id="limit",
    kind=RuleSetKind.THRESHOLD,
    zh="限值",
    en="limit",
    source="test",
    bands=(Band(level=GREEN, at_most=D(1)), Band(level=RED, more_than=D(1))),
)
RULE_SETS = {one.id: one for one in (NATIONAL, SIGN, HANGZHOU, COMPLETION, THRESHOLD, LIMIT)}

INTENSITY = Measure(of="energy.total", per="gdp", times=D(10000), unit="tce/万元")
COD = Measure(of="reduction.cod", unit="t")
COAL = Measure(of="energy.standard_coal", unit="tce")


def make_target(**over: Any) -> Target:
    """A five-year rate of energy intensity, 14.5 %, with both yardsticks."""
    given: dict[str, Any] = {
        "id": "cq.intensity",
        "zh": "单位地区生产总值能耗",
        "en": "energy intensity",
        "kind": TargetKind.REDUCTION_RATE,
        "applies_to": AppliesTo(kind=SubjectKind.REGION, region="500000"),
        "measure": INTENSITY,
        "base_year": 2020,
        "target_year": 2025,
        "value": D("14.5"),
        "unit": "%",
        "path": "geometric",
        "rule_set": "national",
        "yardsticks": ("annual", "five_year"),
        "reference": Reference(
            document="d",
            issuer="i",
            issued=date(2022, 1, 1),
            section="二",
            quote="下降14.5%",
            text="t.txt",
            sha256="0" * 64,
            offset=0,
        ),
    }
    return Target.model_validate(given | over)


def make_single(**over: Any) -> Target:
    """A target without base year, path and second yardstick."""
    plain: dict[str, Any] = {"base_year": None, "target_year": None, "path": None, "yardsticks": ("single",)}
    return make_target(**(plain | over))


def make_law(*targets: Target, **over: Any) -> Law:
    """A law with one plan of 2021 to 2025."""
    plan = Plan(id="cq", zh="p", en="p", region="500000", first_year=2021, last_year=2025, targets=targets)
    given: dict[str, Any] = {
        "plans": (plan,),
        "rule_sets": RULE_SETS,
        "coal": make_coal(),
        "catalogue": make_catalogue(),
    }
    return Law.model_validate(given | over)


def make_scope(*less: Mapping[str, Any], **over: Any) -> Scope:
    """A scope of total energy that takes off what the mappings say (kind, of, …)."""
    given: dict[str, Any] = {"id": "cq.total", "zh": "考核口径", "en": "as assessed", "of": "energy.total"}
    return Scope.model_validate(given | {"less": less, "reference": make_target().reference} | over)


def make_scoped_law(scope: Scope, *targets: Target) -> Law:
    """A law with one plan that has a scope."""
    law = make_law(*targets)
    plans = tuple(plan.model_copy(update={"scopes": (scope,)}) for plan in law.plans)
    return Law.model_validate(dict(law) | {"plans": plans})


def period(text: str) -> Period:
    """«2023-05» a month, «2023-Q1» a quarter, «2023» a year, «2023-01~05» the year to date."""
    if "~" in text:
        year, months = text.split("-")
        first, last = months.split("~")
        return Period(int(year), int(first), int(last))
    return Period.parse(text)


def make_figure(indicator: str, when: str, amount: str, subject: str = REGION, **over: Any) -> Figure:
    """One figure; its unit is the indicator's canonical one."""
    unit = make_catalogue().by_id[indicator].unit
    return Figure(subject, indicator, period(when), D(amount), unit, **over)


def make_figures(indicator: str, amounts: Mapping[str, str], subject: str = REGION) -> list[Figure]:
    """Figures of one indicator by period text."""
    return [make_figure(indicator, when, amount, subject) for when, amount in amounts.items()]


def monthly(indicator: str, year: int, amounts: Iterable[int | str], subject: str = REGION) -> list[Figure]:
    """Figures of January, February, … of a year."""
    return [
        make_figure(indicator, f"{year}-{month:02}", str(amount), subject)
        for month, amount in enumerate(amounts, start=1)
    ]


def collect(*groups: Iterable[Figure]) -> Figures:
    """All figures of several groups."""
    return Figures.of(figure for group in groups for figure in group)
