"""What is said of a target whose plan is over: that it ended, once, so that nothing of it stays open for ever."""

from planwatch.contract.assessment import Assessment, Status
from planwatch.contract.period import Period
from planwatch.contract.plan import Law, Target


def ended(target: Target, subject: str, law: Law) -> tuple[Assessment, ...]:
    """For each yardstick one judgement *ended* of the month after the plan's last, where another plan follows on it.

    Nothing where no plan follows yet, or where a target of the following plan carries this one's level on.
    """
    plan = law.plan_of.get(target.id)
    successor = law.successors.get(plan.id) if plan else None
    if plan is None or successor is None or target.id in law.continued:
        return ()
    return tuple(
        Assessment(
            plan=plan.id,
            target=target.id,
            subject=subject,
            yardstick=yardstick,
            period=Period(plan.last_year + 1, 1, 1),
            status=Status.ENDED,
            level=None,
            actual=None,
            expected=None,
            gap=None,
            unit=target.unit or "",
            formula="",
            reason=f"《{plan.zh}》规划期已于{plan.last_year}年末结束,由《{successor.zh}》接续,本目标不再延续",
            better="",
            rule_set=target.rule_set or "",
            path=target.path.value if target.path else "",
            edition="",
            used=(),
            law=law.hash_of(target),
            scope=target.scope,
        )
        for yardstick in target.yardsticks
    )
