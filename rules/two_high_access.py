"""两高 ledger, what a project needs: a disposal opinion, a park, cuts of capacity, energy given up elsewhere."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from planwatch.contract.registry import ProjectStage, TwoHighProjectRecord
from planwatch.contract.target_words import RegisterCheck
from planwatch.rules.case import Case
from planwatch.rules.numbers import show
from planwatch.rules.regional_progress import Progress, regional_progress
from planwatch.rules.register_checked import Checked
from planwatch.rules.two_high import allowed_tce, entry

PARK_SECTORS = {"31": "钢铁", "252": "焦化", "30": "建材", "32": "有色金属"}
"""GB/T 4754 codes of the four sectors CQ 四(二)2 names; its 等 is not read further."""


def disposal_overdue(case: Case) -> Checked:
    """处置意见: there is none in writing, or its deadline passed and it is not done.

    The very day of the deadline is in time (HLJ 三(三), AS 四(三): 明确处置意见). An opinion that is neither done nor
    has a deadline is not known to be in time.
    """
    disposal, day = entry(case).disposal, case.day
    closes = "写明处置意见,办结后登记办结日期"
    if disposal is None:
        return Checked(("台账没有书面处置意见",), closes=closes)
    if disposal.done_on is not None and disposal.done_on <= day:
        return Checked(looked=f"处置意见“{disposal.opinion}”已于 {disposal.done_on} 办结")
    if disposal.deadline is None:
        return Checked(unknown=("处置期限(disposal.deadline)",), closes=closes)
    if disposal.deadline < day:
        overdue = f"处置意见“{disposal.opinion}”期限 {disposal.deadline},至 {day} 未办结"
        return Checked((overdue,), closes=closes)
    return Checked(looked=f"处置意见“{disposal.opinion}”期限 {disposal.deadline} 未到")


def outside_park(case: Case) -> Checked:
    """禁止在工业园区外扩建钢铁、焦化、建材、有色金属 (CQ 四(二)2): an expansion, not in a park."""
    record = entry(case)
    sector, sure = _sector(record.industry)
    if sure and sector is None:
        return Checked(looked=f"行业 {record.industry} 不在钢铁、焦化、建材、有色金属之列")
    if record.in_park or record.expansion is False:
        return Checked(looked="在工业园区内" if record.in_park else "不是扩建项目")
    unknown = [] if sure else ["行业代码(industry)"]
    unknown += [] if record.expansion is not None else ["是否扩建(expansion)"]
    unknown += [] if record.in_park is not None else ["是否在园区(in_park)"]
    if unknown:
        return Checked(unknown=tuple(unknown))
    return Checked((f"{sector}项目(行业 {record.industry})在工业园区外扩建",), closes="停止扩建或迁入工业园区")


def _sector(industry: str | None) -> tuple[str | None, bool]:
    """Which of the four sectors an industry code belongs to, and whether the code is long enough to tell."""
    code = (industry or "").lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    for prefix, sector in PARK_SECTORS.items():
        if code.startswith(prefix):
            return sector, True
    return None, not any(prefix.startswith(code) for prefix in PARK_SECTORS)


def saturated_without_cuts(case: Case) -> Checked:
    """产能已饱和: 落实压减产能和能耗指标 (TJ 四(三)): saturated, and the entry does not name both.

    Both are asked for: where capacity is cut (``capacity_replacement``) and where energy is (``substitutions``).
    """
    record = entry(case)
    if record.saturated is None:
        return Checked(unknown=("行业产能是否饱和(saturated)",))
    if not record.saturated:
        return Checked(looked="行业产能尚未饱和")
    found = []
    if record.capacity_replacement is None:
        found.append("行业产能已饱和,台账没有压减产能(产能置换)方案")
    if not record.substitutions:
        found.append("行业产能已饱和,台账没有能耗替代来源")
    named = f"产能置换:{record.capacity_replacement};能耗替代:{_named(record)}"
    return Checked(tuple(found), looked=named, closes="落实压减产能和能耗替代来源并写入台账")


def substitution_missing(case: Case) -> Checked:
    """能耗等量减量替代 (HLJ 三(三)): the region is behind its basic target and Σ tce given up < tce reviewed.

    The region is the nearest one above the project that has the target ``follows`` (its own, or a decomposed one).
    On schedule the gate is closed and nothing is asked for; a region that is not rated leaves it open whether.
    Only projects not yet approved to build (拟建) are in the review; sources equal to the use suffice (等量).
    """
    record = entry(case)
    if record.stage is not ProjectStage.PROPOSED:
        return Checked(looked="不是拟建项目,不在节能审查环节")
    progress = regional_progress(case, record.region)
    if not progress.behind:
        return Checked(looked=f"{progress.words},不要求等量减量替代")
    return _substituted(record, progress)


def _substituted(record: TwoHighProjectRecord, progress: Progress) -> Checked:
    given, asked = sum((one.tce for one in record.substitutions or ()), Decimal(0)), allowed_tce(record)
    closes = "补足能耗等量减量替代来源并写入台账"
    if asked is None and given:
        return Checked(unknown=("节能审查能耗(reviewed_tce)",))
    if asked is not None and given >= asked:
        return Checked(looked=f"{progress.words},替代来源:{_named(record)} = {show(given)} ≥ {show(asked)} 吨标准煤")
    needs = f"项目能耗 {show(asked)} 吨标准煤" if asked is not None else "项目能耗未填"
    sources = f"替代来源:{_named(record)} = {show(given)} 吨标准煤" if given else "台账没有替代来源"
    return Checked((f"{progress.words};{needs},{sources}",), closes=closes)


def _named(record: TwoHighProjectRecord) -> str:
    return " + ".join(f"{one.source} {show(one.tce)}" for one in record.substitutions or ()) or "无"


ACCESS_CHECKS: Mapping[RegisterCheck, Callable[[Case], Checked]] = {
    RegisterCheck.DISPOSAL_OVERDUE: disposal_overdue,
    RegisterCheck.OUTSIDE_PARK: outside_park,
    RegisterCheck.SATURATED_WITHOUT_CUTS: saturated_without_cuts,
    RegisterCheck.SUBSTITUTION_MISSING: substitution_missing,
}
