"""Register entries for the tests of the checks: a valid one of each kind, of which a test overrides what matters."""

from datetime import date
from decimal import Decimal
from typing import Any

from rules_support import COD, GREEN, RED, collect, make_catalogue, make_law, make_single, make_target, period

from planwatch.contract.assessment import Assessment
from planwatch.contract.catalogue import Indicator
from planwatch.contract.figures import Figure
from planwatch.contract.plan import Band, RuleSet, RuleSetKind, Target
from planwatch.contract.records import AnyRecord, Records
from planwatch.contract.registry import Approval, ReductionProjectRecord, RegionRecord, TwoHighProjectRecord
from planwatch.contract.report import SubjectKind
from planwatch.rules.case import Surroundings
from planwatch.rules.judge import judge

PROJECT = "project:p1"
CHECK = RuleSet(
    id="check",
    kind=RuleSetKind.GAP_PP,
    zh="台账核查",
    en="check",
    source="test",
    bands=(Band(level=GREEN, at_most=Decimal(0)), Band(level=RED, more_than=Decimal(0))),
)
LEDGER_INDICATORS = (
    *(f"reduction.{name}{kind}" for name in ("cod", "nox", "nh3n") for kind in ("", ".claimed", ".offset")),
    "emission.cod",
)


def make_review(approved_on: str = "2022-05-10", **over: Any) -> Approval:
    """The province's approval of 10,000 tce."""
    given = {
        "number": "节审〔2022〕1号",
        "authority": "省发改委",
        "authority_level": "province",
        "approved_on": date.fromisoformat(approved_on),
        "tce": Decimal(10_000),
    }
    return Approval.model_validate(given | over)


def make_project(**over: Any) -> TwoHighProjectRecord:
    """A project of 2023 with nothing wrong: approved in May and June 2022, begun in July, listed in 2021."""
    given = {
        "id": "p1",
        "name": "模拟钢铁项目",
        "region": "230100",
        "valid_from": date(2021, 1, 1),
        "industry": "C3120",
        "stage": "existing",
        "reviewed_tce": Decimal(10_000),
        "energy_review": make_review(capacity=Decimal(100)),
        "eia": make_review("2022-06-10", number="环审〔2022〕1号", tce=None),
        "started_on": date(2022, 7, 1),
        "capacity": Decimal(100),
    }
    return TwoHighProjectRecord.model_validate(given | over)


def make_cut(name: str = "p1", **over: Any) -> ReductionProjectRecord:
    """A project that treats the sewage of one facility, of which 100 t of COD were discharged in the base year."""
    given = {
        "id": name,
        "name": f"模拟减排工程{name}",
        "region": "230100",
        "valid_from": date(2021, 1, 1),
        "permit": "PW-1",
        "facility": "生化池",
        "measure": "treatment",
        "pollutants": ("cod",),
        "running_since": date(2021, 3, 15),
        "base_discharge": {"cod": Decimal(100)},
    }
    return ReductionProjectRecord.model_validate(given | over)


def make_region(code: str, parent: str | None) -> RegionRecord:
    """A region registered since 2020."""
    return RegionRecord(id=code, name=code, parent=parent, valid_from=date(2020, 1, 1))


def make_check(check: str, **over: Any) -> Target:
    """A target that checks register entries."""
    given: dict[str, Any] = {"kind": "register_check", "check": check, "rule_set": "check", "measure": None}
    return make_single(**(given | {"value": None, "unit": None} | over))


def make_check_law(*targets: Target) -> Any:
    """A law with the rule set of checks and the indicators of the ledger."""
    plain = make_law(*targets)
    indicators = tuple(
        Indicator(id=name, zh=name, en=name, unit="t", behaviour="flow", reported_by=(SubjectKind.PROJECT,))
        for name in LEDGER_INDICATORS
        if name not in plain.catalogue.by_id
    )
    catalogue = make_catalogue()
    more = catalogue.model_copy(update={"indicators": (*catalogue.indicators, *indicators)})
    return make_law(*targets, rule_sets={**plain.rule_sets, "check": CHECK}, catalogue=more)


def make_ledger(**over: Any) -> Target:
    """The ledger's target: 120 t of COD less in five years, added up over projects."""
    given: dict[str, Any] = {
        "id": "cq.cod",
        "kind": "cumulative_reduction",
        "measure": COD,
        "value": Decimal(120),
        "unit": "t",
        "path": "linear",
        "rule_set": "completion",
        "sum_of": "project",
        "yardsticks": ("five_year",),
    }
    return make_target(**(given | over))


def make_tonnes(indicator: str, when: str, amount: str, subject: str = PROJECT, **over: Any) -> Figure:
    """A figure of the ledger, in tonnes."""
    return Figure(subject, indicator, period(when), Decimal(amount), "t", **over)


def judged(
    target: Target,
    point: str,
    *entries: AnyRecord,
    figures: tuple[Figure, ...] = (),
    members: tuple[str, ...] = (),
    today: date | None = None,
    subject: str = PROJECT,
    others: tuple[Target, ...] = (),
) -> Assessment:
    """The one judgement of a check at the end of a year to date."""
    around = Surroundings(members=members, records=Records.of(entries), today=today)
    law = make_check_law(target, *others)
    (found,) = judge(target, subject, period(point), collect(figures), law, around=around)
    return found
