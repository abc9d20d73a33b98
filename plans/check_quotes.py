"""Whether each quote stands in its stored text, at its place, and the text has its hash. Pure."""

import hashlib
import re
from collections.abc import Iterator, Mapping

from planwatch.contract.citation import Reference
from planwatch.contract.plan import Plan
from planwatch.plans.findings import Finding


def quote_findings(plan: Plan, texts: Mapping[str, bytes]) -> Iterator[Finding]:
    """Every quote of a plan: of targets, scopes, mechanisms, reviews and what is left out."""
    for where, reference in _references(plan):
        yield from (Finding(where, message) for message in _faults(reference, texts))
    for target in plan.targets:
        content = texts.get(target.reference.text)
        if target.parent is None and target.asks and content and target.asks not in content.decode():
            yield Finding(target.id, f"what it asks for is not in {target.reference.text}: {target.asks}")


def _references(plan: Plan) -> Iterator[tuple[str, Reference]]:
    # The target of a holder has the reference of the target it is split from: said once.
    yield from ((target.id, target.reference) for target in plan.targets if target.parent is None)
    yield from ((scope.id, scope.reference) for scope in plan.scopes)
    for mechanism in plan.mechanisms:
        yield from ((f"{plan.id} {mechanism.row}", reference) for reference in mechanism.references)
    yield from ((f"{plan.id} review {review.kind.value}", review.reference) for review in plan.reviews)
    yield from ((f"{plan.id} left_out", left.reference) for left in plan.left_out)


def _faults(reference: Reference, texts: Mapping[str, bytes]) -> Iterator[str]:
    content = texts.get(reference.text)
    if content is None:
        yield f"the stored text {reference.text} is not there; put it into texts/ beside the plan"
        return
    found = hashlib.sha256(content).hexdigest()
    if found != reference.sha256:
        yield f"{reference.text} has the hash {found}, the plan says {reference.sha256}"
    text = content.decode()
    if not text.startswith(reference.quote, reference.offset):
        places = [match.start() for match in re.finditer(re.escape(reference.quote), text)]
        where = f"it stands at {', '.join(map(str, places))}" if places else f"it is nowhere in {reference.text}"
        yield f"the quote is not at offset {reference.offset}: {where} ({reference.quote[:20]}…)"
