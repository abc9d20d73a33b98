"""Small plans of their own for the tests of plans: a text of a few sentences, and targets that quote it."""

import hashlib
from functools import cache
from typing import Any

from planwatch.contract.catalogue import Catalogue
from planwatch.contract.mechanism import LeftOut, Mechanism, Review
from planwatch.contract.plan import Law, Plan, Reference, RuleSet, Scope, Target
from planwatch.plans.check import Beside
from planwatch.plans.loader import load_catalogue, load_coal_table, load_rule_sets

TEXT_NAME = "county.txt"


@cache
def _lists() -> tuple[Catalogue, dict[str, RuleSet], Any]:
    catalogue = load_catalogue()
    return catalogue, load_rule_sets(), load_coal_table(None, catalogue)


def catalogue() -> Catalogue:
    """Units and indicators as planwatch ships them."""
    return _lists()[0]


def reference(text: str, quote: str, **changed: Any) -> Reference:
    """Where a quote stands in a text of our own."""
    fields: dict[str, Any] = {
        "document": "某县方案",
        "issuer": "某县人民政府",
        "issued": "2022-01-01",
        "section": "一",
        "quote": quote,
        "text": TEXT_NAME,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "offset": max(text.find(quote), 0),
    }
    return Reference.model_validate(fields | changed)


CHOSEN = {"rule_set": "chosen here", "path": "chosen here", "base_year": "the year before", "target_year": "the last"}
"""What no clause of ours says; a test that wants it said gives its own ``assumed``."""


def target(text: str, quote: str, **changed: Any) -> Target:
    """A target that reaches a share; change what the case is about."""
    fields: dict[str, Any] = {
        "id": "county.share",
        "zh": "某县绿色出行比例",
        "en": "A share",
        "kind": "level_min",
        "applies_to": {"kind": "region", "region": "120000"},
        "measure": {"of": "energy.total", "per": "gdp", "unit": "%"},
        "rule_set": "limit",
        "unit": "%",
        "assumed": CHOSEN,
        "reference": reference(text, quote),
    }
    return Target.model_validate(fields | changed)


def words_alone(text: str, quote: str, **changed: Any) -> Target:
    """A commitment without a number."""
    fields: dict[str, Any] = {
        "id": "county.words",
        "zh": "某县承诺",
        "en": "Words",
        "kind": "not_computable",
        "applies_to": {"kind": "region", "region": "120000"},
        "not_computable": "no number is given",
        "reference": reference(text, quote),
    }
    return Target.model_validate(fields | changed)


def plan(*targets: Target, **changed: Any) -> Plan:
    """A plan of these targets."""
    fields: dict[str, Any] = {
        "id": "county-2021-2025",
        "zh": "某县方案",
        "en": "A county's plan",
        "region": "120000",
        "first_year": 2021,
        "last_year": 2025,
        "targets": targets,
    }
    return Plan(**(fields | changed))


def law(*plans: Plan) -> Law:
    """These plans with the lists as planwatch ships them."""
    common, rule_sets, coal = _lists()
    return Law(plans=plans, rule_sets=rule_sets, coal=coal, catalogue=common)


def beside(text: str, **changed: Any) -> Beside:
    """The one stored text, and nothing looked for in it."""
    return Beside(**({"texts": {TEXT_NAME: text.encode()}} | changed))


def mechanism(text: str, quote: str = "", **changed: Any) -> Mechanism:
    """A mechanism that is recorded, or absent where it quotes nothing."""
    fields: dict[str, Any] = {
        "row": "A1",
        "zh": "分解",
        "state": "recorded" if quote else "absent",
        "how": "kept as a record",
        "references": (reference(text, quote),) if quote else (),
    }
    return Mechanism.model_validate(fields | changed)


def left_out(text: str, quote: str) -> LeftOut:
    """Words of the text that are no commitment."""
    return LeftOut(reason="a name", reference=reference(text, quote))


def review(text: str, quote: str, **changed: Any) -> Review:
    """A review that the plan prescribes."""
    return Review.model_validate({"kind": "mid_term", "zh": "中期评估", "reference": reference(text, quote)} | changed)


def scope(text: str, quote: str, **changed: Any) -> Scope:
    """A scope that takes new renewables off."""
    fields: dict[str, Any] = {
        "id": "county.total",
        "zh": "口径",
        "en": "Scope",
        "of": "energy.total",
        "less": ({"kind": "new_renewables", "of": ("energy.renewable_power",)},),
        "reference": reference(text, quote),
    }
    return Scope.model_validate(fields | changed)
