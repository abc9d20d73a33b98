"""What changed between two laws, in words."""

from decimal import Decimal
from typing import Any

import pytest
from plans_support import law, mechanism, plan, scope, target

from planwatch.contract.plan import Law
from planwatch.plans.diff import changes

TEXT = "比例达到75%"


def one(**changed: Any) -> Law:
    """A law of one target."""
    return law(plan(target(TEXT, TEXT, **({"value": "75"} | changed))))


def words(old: Law, new: Law) -> list[str]:
    """The changes as they are printed."""
    return [str(change) for change in changes(old, new)]


def test_equal_laws_differ_in_nothing() -> None:
    assert words(one(), one(value="75.0")) == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"value": "80"}, "value was 75, is 80"),
        ({"comparator": ">"}, "comparator was >=, is >"),
        ({"departments": ("市交通局",)}, "departments.1 is new: 市交通局"),
        ({"asks": "加强指导"}, "asks is new: 加强指导"),
        ({"measure": {"of": "energy.total", "per": "gdp", "unit": "ratio"}}, "measure.unit was %, is ratio"),
    ],
    ids=["number", "closed word", "list", "new", "inside"],
)
def test_a_changed_target_is_told_field_by_field(changed: dict[str, Any], field: str) -> None:
    assert words(one(), one(**changed)) == [f"target county.share changed\n  {field}"]


def test_a_field_that_is_gone_is_told() -> None:
    assert words(one(asks="加强指导"), one()) == [
        "target county.share changed\n  asks was 加强指导, is not there any more"
    ]


def test_targets_added_and_removed_are_told() -> None:
    assert words(one(), one(id="county.other", target_year=2025)) == [
        "target county.share removed",
        "\n  ".join(
            (
                "target county.other added",
                "zh: 某县绿色出行比例",
                "kind: level_min",
                "value: 75",
                "unit: %",
                "target_year: 2025",
                "rule_set: limit",
            )
        ),
    ]


def test_plans_scopes_and_mechanisms_are_compared_too() -> None:
    old = law(plan(target(TEXT, TEXT, value="75"), mechanisms=(mechanism(TEXT, TEXT),), content_hash="1"))
    new = law(
        plan(
            target(TEXT, TEXT, value="75"),
            mechanisms=(mechanism(TEXT, TEXT, how="computed"),),
            scopes=(scope(TEXT, TEXT),),
            last_year=2026,
            content_hash="2",
        )
    )
    assert [(one.what, one.id, one.how) for one in changes(old, new)] == [
        ("plan", "county-2021-2025", "changed"),
        ("scope", "county.total", "added"),
        ("mechanism", "county-2021-2025 A1", "changed"),
    ]


def test_rule_sets_coefficients_indicators_and_units_are_compared_too() -> None:
    old = one()
    limit = old.rule_sets["limit"]
    bands = (limit.bands[0], limit.bands[1].model_copy(update={"at_most": Decimal("1.2")}), *limit.bands[2:])
    coal = old.coal.kinds["raw_coal"].model_copy(update={"kgce": Decimal("0.7")})
    catalogue = type(old.catalogue)(indicators=old.catalogue.indicators[1:], units=old.catalogue.units[:-1])
    new = Law(
        plans=old.plans,
        rule_sets=old.rule_sets | {"limit": limit.model_copy(update={"bands": bands})},
        coal=old.coal.model_copy(update={"kinds": old.coal.kinds | {"raw_coal": coal}, "edition": "another"}),
        catalogue=catalogue,
    )
    found = {(change.what, change.id): change for change in changes(old, new)}
    assert set(found) == {
        ("rule set", "limit"),
        ("coefficient", "raw_coal"),
        ("coefficients", "table"),
        ("indicator", old.catalogue.indicators[0].id),
        ("unit", old.catalogue.units[-1].symbol),
    }
    assert found["rule set", "limit"].fields == ("bands.2.at_most was 1.1, is 1.2",)
    assert found["coefficients", "table"].fields == (f"edition was {old.coal.edition}, is another",)
