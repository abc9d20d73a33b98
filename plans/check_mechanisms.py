"""Whether every plan says something about every mechanism, and what it calls working is shown. Pure."""

from collections.abc import Collection, Iterator, Mapping

from planwatch.contract.document import Document
from planwatch.contract.mechanism import Mechanism
from planwatch.contract.plan import Plan, Scope
from planwatch.contract.report import Name
from planwatch.plans.findings import Finding


class MechanismRow(Document):
    """One row of the list of mechanisms, with its name."""

    row: str
    zh: Name
    en: Name


class MechanismRows(Document):
    """``mechanism-rows.yaml``: the rows that each plan of a folder must say something about."""

    folder: str
    rows: tuple[MechanismRow, ...]


def mechanism_findings(plan: Plan, rows: Mapping[str, str], examples: Collection[str]) -> Iterator[Finding]:
    """Rows that are missing or unknown (``rows``: those asked of this plan, with names), and examples that are not."""
    said = {mechanism.row for mechanism in plan.mechanisms}
    for row in (one for one in rows if one not in said):
        remedy = "add it to `mechanisms:`, with state absent if the plan has no such wording"
        yield Finding(plan.id, f"mechanism {row} ({rows[row]}) is missing: {remedy}")
    for mechanism in plan.mechanisms:
        where = f"{plan.id} {mechanism.row}"
        if rows and mechanism.row not in rows:
            yield Finding(where, f"mechanism-rows.yaml has no row {mechanism.row}; it has {', '.join(rows)}")
        yield from (Finding(where, message) for message in _example_faults(mechanism, examples))


def _example_faults(mechanism: Mechanism, examples: Collection[str]) -> Iterator[str]:
    for name in mechanism.examples:
        if name not in examples:
            yield f"no example is named {name!r}; correct the name, or write the example into examples/ beside the plan"


def scope_findings(scope: Scope, plan: Plan) -> Iterator[Finding]:
    """Years of a scope's deductions that its clause does not write and nobody gave a reason for."""
    quote = scope.reference.quote
    for deduction in scope.less:
        bounds = {"first_year": deduction.first_year, "last_year": deduction.last_year}
        for key, year in {"base_year": deduction.base_year, **bounds}.items():
            of_the_plan = "十四五" in quote and year in (plan.first_year, plan.last_year)
            reasoned = any(name in scope.assumed for name in (key, f"{deduction.kind.value}.{key}"))
            if year is not None and str(year) not in quote and not of_the_plan and not reasoned:
                message = (
                    f"{key} {year} of {deduction.kind.value} is not in the quote; give the reason under assumed: {key}"
                )
                yield Finding(scope.id, message)


def review_findings(plan: Plan) -> Iterator[Finding]:
    """Years of reviews that the clause does not write and nobody gave a reason for."""
    for review in plan.reviews:
        absent = [str(year) for year in review.years if str(year) not in review.reference.quote]
        if absent and "years" not in review.assumed:
            where = f"{plan.id} review {review.kind.value}"
            yield Finding(where, f"{', '.join(absent)} is not in the quote; give the reason under assumed: years")
