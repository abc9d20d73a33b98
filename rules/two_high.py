"""两高 ledger against its approvals: 不符合政策要求、违规审批、未批先建、批建不符、超标用能 (TJ 四(三), CQ 四(一)2)."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Literal

from planwatch.contract.figures import Missing
from planwatch.contract.period import Period
from planwatch.contract.plan import Basis
from planwatch.contract.registry import Approval, ProjectStage, TwoHighProjectRecord
from planwatch.contract.target_words import RegisterCheck
from planwatch.rules.case import CannotRate, Case
from planwatch.rules.lawbook import STANDARD_COAL
from planwatch.rules.numbers import show
from planwatch.rules.register_checked import Checked
from planwatch.rules.sums import Amount
from planwatch.rules.twelve_months import twelve_months

PROVINCIAL_REVIEW_TCE = Decimal(10_000)
"""From this annual energy on (当量值) a review is the province's: 节能审查办法 (Order 2 of 2023), methodology §6."""
PROVINCIAL_REVIEW_FROM, PROVINCIAL_REVIEW_UNTIL = date(2023, 6, 1), date(2025, 9, 1)
"""Order 2 of 2023 was in force on days from the first to before the second, when Order 31 of 2025 replaced it."""

_RECORDED = {
    "policy_mismatch": "不符合政策要求",
    "irregular_approval": "违规审批",
    "built_otherwise": "批建不符",
    "above_approved": "超标用能排污",
}
_Recorded = Literal["policy_mismatch", "irregular_approval", "built_otherwise", "above_approved"]


def entry(case: Case) -> TwoHighProjectRecord:
    """The subject's entry on the list that holds on the day of the judgement; CannotRate without one."""
    found = case.around.records.two_high(case.subject, case.day)
    if found is None:
        raise CannotRate(f"{case.subject} 在 {case.day} 没有有效的“两高”项目台账条目")
    return found


def recorded(record: TwoHighProjectRecord, what: _Recorded, day: date) -> tuple[str, ...]:
    """What inspectors wrote down by the day and nobody has closed by then; the day of closing counts as closed."""
    return tuple(
        f"{one.found_on} 检查发现{_RECORDED[what]}:{one.note}"
        for one in record.irregularities
        if one.what == what and one.found_on <= day and (one.closed_on is None or one.closed_on > day)
    )


def allowed_tce(record: TwoHighProjectRecord) -> Decimal | None:
    """The annual energy the energy-saving review allows, in tce; None where the entry does not say."""
    if record.reviewed_tce is not None or record.energy_review is None:
        return record.reviewed_tce
    return record.energy_review.tce


def has_begun(record: TwoHighProjectRecord, day: date) -> bool:
    """Whether building has begun: by its date where there is one, else by the stage."""
    if record.started_on is not None:
        return record.started_on <= day
    return record.stage is not ProjectStage.PROPOSED


def policy_mismatch(case: Case) -> Checked:
    """不符合政策要求: what inspectors found, until it is closed; nothing of it follows from figures."""
    return Checked(
        found=recorded(entry(case), "policy_mismatch", case.day),
        looked="台账没有未了结的“不符合政策要求”检查记录",
        closes="叫停整改,检查人员确认后登记了结日期",
    )


def irregular_approval(case: Case) -> Checked:
    """违规审批: what inspectors found, and a review of ≥ 10,000 tce by an authority below the province.

    The second only for reviews approved while Order 2 of 2023 was in force (``PROVINCIAL_REVIEW_*``); for other days
    no source gives a level that is sure, so nothing is computed. The 50,000 tce of the window guidance is no review
    power (methodology §6).
    """
    record = entry(case)
    found = recorded(record, "irregular_approval", case.day)
    review, unknown = record.energy_review, []
    if review is None:
        unknown = ["节能审查批复(energy_review)"] if has_begun(record, case.day) else []
    elif PROVINCIAL_REVIEW_FROM <= review.approved_on < PROVINCIAL_REVIEW_UNTIL:
        tce = review.tce if review.tce is not None else record.reviewed_tce
        small = tce is not None and tce < PROVINCIAL_REVIEW_TCE
        below = review.authority_level in ("prefecture", "county")
        if tce is None and (below or review.authority_level is None):
            unknown = ["节能审查批复的能耗(energy_review.tce)"]
        elif not small and review.authority_level is None:
            unknown = ["节能审查机关级别(energy_review.authority_level)"]
        elif not small and below and tce is not None:
            found += (_reviewed_below(review, tce),)
    return Checked(
        found=found,
        unknown=tuple(unknown),
        looked="台账没有未了结的“违规审批”检查记录,节能审查机关级别未见不符",
        closes="由有权机关重新审查,检查人员确认后登记了结日期",
    )


def _reviewed_below(review: Approval, tce: Decimal) -> str:
    ours = f"{review.approved_on} 由{review.authority}审查 {show(tce)} 吨标准煤的项目(文号 {review.number})"
    return f"{ours},{show(PROVINCIAL_REVIEW_TCE)} 吨标准煤及以上应由省级节能审查机关负责"


def built_before_approval(case: Case) -> Checked:
    """未批先建: building began before 节能审查 or 环评 was approved, or began and there is no 节能审查 at all.

    Found from the day building begins; the very day of the approval is not too early. A late approval is closed by
    the day on which the disposal was done (``disposal.done_on``), one that never came is not. A project not begun has
    nothing to show. An existing one with neither a date nor a review may be older than the reviews: not known.
    """
    record, day = entry(case), case.day
    if not has_begun(record, day):
        return Checked(looked="尚未开工")
    found: list[str] = []
    unknown = ["开工日期(started_on)"] if record.started_on is None else []
    for name, field, approval in (("节能审查", "energy_review", record.energy_review), ("环评", "eia", record.eia)):
        if approval is not None:
            found += _too_late(record, name, approval, day)
        elif name == "节能审查" and (record.started_on or record.stage is ProjectStage.UNDER_CONSTRUCTION):
            found.append(f"{_begun(record)},台账没有{name}批复")
        else:
            unknown.append(f"{name}批复({field})")
    return Checked(
        found=tuple(found),
        unknown=tuple(unknown),
        looked=f"{_begun(record)},不早于节能审查和环评批复,或处置已完成",
        closes="停建并补办节能审查、环评,按处置意见办结后登记办结日期",
    )


def _begun(record: TwoHighProjectRecord) -> str:
    return f"{record.started_on} 开工" if record.started_on else "在建"


def _too_late(record: TwoHighProjectRecord, name: str, approval: Approval, day: date) -> list[str]:
    if record.started_on is None or record.started_on >= approval.approved_on:
        return []
    if approval.approved_on > day:
        return [f"{record.started_on} 开工,{name}至 {day} 尚未批复"]
    done = record.disposal.done_on if record.disposal else None
    if done is not None and done <= day:
        return []
    return [f"{record.started_on} 开工,{name} {approval.approved_on} 才批复(文号 {approval.number})"]


def built_otherwise(case: Case) -> Checked:
    """批建不符: what inspectors found, and a capacity that is not the approved one (of 节能审查 or of 环评)."""
    record, day = entry(case), case.day
    found = recorded(record, "built_otherwise", day)
    if record.stage is ProjectStage.PROPOSED and not has_begun(record, day):
        return Checked(found, looked="拟建,尚未建成任何产能", closes=_REBUILD)
    approvals = (("节能审查", record.energy_review), ("环评", record.eia))
    approved = [(name, one, one.capacity) for name, one in approvals if one is not None and one.capacity is not None]
    unknown = (*(("建成产能(capacity)",) if record.capacity is None else ()), *(() if approved else (_NO_CAPACITY,)))
    found += tuple(
        f"建成产能 {show(record.capacity)},{name}批准 {show(capacity)}(文号 {one.number})"
        for name, one, capacity in approved
        if record.capacity is not None and record.capacity != capacity
    )
    return Checked(found, unknown, looked="建成产能与批准产能一致,没有未了结的检查记录", closes=_REBUILD)


_REBUILD = "按批准产能整改或重新报批,并更新台账"
_NO_CAPACITY = "批准产能(energy_review.capacity 或 eia.capacity)"


def above_approved(case: Case) -> Checked:
    """超标用能排污: what inspectors found, and Σ tce of the last twelve months > tce of the review (当量值).

    The year to date alone above it counts too: it is a lower bound. With fewer than twelve months and not above it,
    nothing can be said. 超标排污 is what inspectors write down.
    """
    record = entry(case)
    found, allowed = recorded(record, "above_approved", case.day), allowed_tce(record)
    closes = "停止超标用能排污,近12个月能耗降到节能审查允许值以内或重新报批"
    unknown = () if allowed is not None else ("节能审查能耗(reviewed_tce)",)
    if not case.sums.reports(case.subject, STANDARD_COAL) and record.stage is ProjectStage.PROPOSED:
        return Checked(found, looked="拟建,尚无用能", closes=closes)
    try:
        year = twelve_months(lambda span: _coal(case, span), case.point)
    except CannotRate as why:
        return Checked(found, unknown, (why.missing.reason,), closes=closes)
    least = "至少 " if year.missing else ""
    shown = f"近12个月用能 {year.words} = {least}{show(year.amount)} 吨标准煤"
    if allowed is not None and year.amount > allowed:
        found += (f"{shown},超过节能审查的 {show(allowed)} 吨标准煤",)
    missing = (f"近12个月用能不全:{year.missing}",) if year.missing else ()
    looked = f"{shown},未超过节能审查的 {show(allowed)} 吨标准煤" if allowed is not None else ""
    return Checked(found, unknown, missing, looked, closes, year.used, year.edition)


def _coal(case: Case, span: Period) -> Amount:
    found = case.sums.amount(case.subject, STANDARD_COAL, span, case.target.basis or Basis.EQUIVALENT)
    if isinstance(found, Missing):
        raise CannotRate(found)
    return found


APPROVAL_CHECKS: Mapping[RegisterCheck, Callable[[Case], Checked]] = {
    RegisterCheck.POLICY_MISMATCH: policy_mismatch,
    RegisterCheck.IRREGULAR_APPROVAL: irregular_approval,
    RegisterCheck.BUILT_BEFORE_APPROVAL: built_before_approval,
    RegisterCheck.BUILT_OTHERWISE: built_otherwise,
    RegisterCheck.ABOVE_APPROVED: above_approved,
}
