"""台账核查: how many things a register entry shows that it must not show."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from planwatch.contract.plan import Comparator, Yardstick
from planwatch.contract.target_words import RegisterCheck
from planwatch.rules.case import CannotRate, Case, Finding
from planwatch.rules.register_check_ledger import LEDGER_CHECKS
from planwatch.rules.register_checked import Checked
from planwatch.rules.two_high import APPROVAL_CHECKS
from planwatch.rules.two_high_access import ACCESS_CHECKS

UNIT = "个"
CHECKS: Mapping[RegisterCheck, Callable[[Case], Checked]] = {**APPROVAL_CHECKS, **ACCESS_CHECKS, **LEDGER_CHECKS}
"""Every check of the contract; each looks at the entry that holds on ``case.day``."""


def register_check(case: Case, yardstick: Yardstick) -> Finding:
    """``actual`` = the number of things found, against none.

    What was found stands, whatever else is not known. Nothing found is 0 only where every field and figure that
    bears on the check is known; otherwise it is *not rated*, with the fields to fill in (TJ 四(三), HLJ 三(四)).
    """
    if case.target.check is None:
        raise CannotRate(f"{case.target.id} names no check")
    outcome = CHECKS[case.target.check](case)
    if not outcome.found and outcome.open_questions:
        raise CannotRate(outcome.open_questions)
    return Finding(
        actual=Decimal(len(outcome.found)),
        expected=Decimal(0),
        unit=UNIT,
        formula=_formula(case, outcome),
        used=outcome.used,
        edition=outcome.edition,
        remedy=lambda needed, beyond: outcome.closes,
        comparator=Comparator.AT_MOST,
    )


def _formula(case: Case, outcome: Checked) -> str:
    if not outcome.found:
        return f"截至 {case.day} 发现 0 {UNIT}:{outcome.looked}"
    also = f" [{outcome.open_questions}]" if outcome.open_questions else ""
    return f"截至 {case.day} 发现 {len(outcome.found)} {UNIT}:{';'.join(outcome.found)}{also}"
