"""Whether the plans are what they quote: quotes, numbers, words, years, departments, mechanisms, splits. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from planwatch.contract.plan import Law, Plan, Target
from planwatch.plans.check_departments import department_faults
from planwatch.plans.check_mechanisms import mechanism_findings, review_findings, scope_findings
from planwatch.plans.check_numbers import NumberCheck
from planwatch.plans.check_quotes import quote_findings
from planwatch.plans.findings import Assumption, Finding
from planwatch.plans.numerals import SearchWords, gaps


@dataclass(frozen=True)
class Beside:
    """What lies beside the plans of a folder.

    ``texts`` are the stored texts by file name; ``examples`` the names of all examples; ``rows`` the mechanisms asked
    of each plan (by its content hash), with their names; ``search`` what is looked for in the texts (None: nothing).
    """

    texts: Mapping[str, bytes]
    examples: Collection[str] = ()
    rows: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    search: SearchWords | None = None


def check(law: Law, beside: Beside) -> list[Finding]:
    """Everything that does not hold, plan by plan; an empty list means that the plans are what they quote."""
    numbers = NumberCheck(law)
    found = [finding for plan in law.plans for finding in _plan_findings(plan, beside, numbers)]
    missed = gaps(law, beside.texts, beside.search) if beside.search else []
    return found + [Finding(gap.plan, str(gap)) for gap in missed]


def _plan_findings(plan: Plan, beside: Beside, numbers: NumberCheck) -> Iterator[Finding]:
    yield from quote_findings(plan, beside.texts)
    for target in plan.targets:
        if target.parent is not None:  # a holder's value is approved, not quoted
            continue
        yield from (Finding(target.id, message) for message in numbers.faults(target))
        content = beside.texts.get(target.reference.text)
        if content is not None:
            yield from (Finding(target.id, message) for message in department_faults(target, content.decode()))
    for scope in plan.scopes:
        yield from scope_findings(scope, plan)
    yield from review_findings(plan)
    yield from mechanism_findings(plan, beside.rows.get(plan.content_hash, {}), beside.examples)


def assumptions(law: Law) -> list[Assumption]:
    """All that is assumed, target by target, then scopes and reviews."""
    return [
        Assumption(where, what, reason)
        for plan in law.plans
        for where, assumed in _assumed(plan)
        for what, reason in sorted(assumed.items())
    ]


def _assumed(plan: Plan) -> Iterator[tuple[str, dict[str, str]]]:
    yield from ((target.id, target.assumed) for target in plan.targets if target.parent is None)
    yield from ((scope.id, scope.assumed) for scope in plan.scopes)
    yield from ((f"{plan.id} review {review.kind.value}", review.assumed) for review in plan.reviews)


def succession_findings(law: Law) -> list[Finding]:
    """Plans and targets that follow on others, over all folders: what they name, and that it is of an earlier plan."""
    plans = {plan.id: plan for plan in law.plans}
    found = []
    for plan in law.plans:
        if plan.succeeds and plan.succeeds not in plans:
            known = ", ".join(name for name in plans if name != plan.id)
            found.append(Finding(plan.id, f"it succeeds {plan.succeeds!r}, which no folder has; known: {known}"))
        for target in plan.targets:
            found += [Finding(target.id, message) for message in _continuing_faults(law, plan, target)]
    return found


def _continuing_faults(law: Law, plan: Plan, target: Target) -> Iterator[str]:
    if target.continues is None or target.parent is not None:
        return
    if target.continues not in law.targets:
        yield f"it continues {target.continues!r}, which no plan has; see `planwatch plans list`"
    elif law.plan_of[target.continues].id != plan.succeeds:
        yield f"it continues a target of {law.plan_of[target.continues].id}; its plan succeeds {plan.succeeds}"
