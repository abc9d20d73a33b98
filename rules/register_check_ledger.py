"""减排项目台账核查: 重复计算、不如实填报削减量和削减来源 and the rules of accounting (HLJ 三(四), methodology §5)."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from planwatch.contract.figures import Used
from planwatch.contract.target_words import RegisterCheck
from planwatch.rules.case import CannotRate, Case
from planwatch.rules.double_counting import Known, twins
from planwatch.rules.numbers import show
from planwatch.rules.reduction_booked import (
    CLAIMED,
    OFFSET,
    VERIFIED,
    Tonnes,
    bookings,
    first_month,
    in_window,
    tonnes,
    windows,
    years_booked,
)
from planwatch.rules.reduction_source import POLLUTANTS, Project, ledger_of, same_source
from planwatch.rules.register_checked import Checked

_NOT_BOOKED = "尚未报送减排量(reduction.*)"


def own(case: Case) -> Project:
    """The subject's own project of the ledger; CannotRate where its entry does not hold on the day."""
    project = ledger_of(case.around.records).project(case.subject, case.day)
    if project is None or (project.entry.valid_to is not None and case.day > project.entry.valid_to):
        raise CannotRate(f"{case.subject} 在 {case.day} 没有有效的减排项目台账条目")
    return project


def sharing(case: Case, project: Project) -> list[Project]:
    """The projects with the same permit among the members, or of all entries known where nobody is named."""
    book = ledger_of(case.around.records)
    return book.with_permit(project.entry.permit, case.day, case.around.members)


def pollutants_of(case: Case, project: Project) -> tuple[str, ...]:
    """What the entry names, and what has figures besides."""
    reported = {figure.indicator.split(".")[1] for figure in bookings(case, project.subject)}
    return tuple(name for name in POLLUTANTS if name in project.entry.pollutants or name in reported)


def _source_unknown(project: Project) -> list[str]:
    entry = project.entry
    fields = (("排污许可证(permit)", entry.permit), ("设施(facility)", entry.facility))
    return [name for name, value in fields if value is None]


def double_counted(case: Case) -> Checked:
    """重复计算: one thing found for each other project that counts the same cut; see ``double_counting.twins``."""
    project = own(case)
    others = sharing(case, project)
    known = Known(case.around.records, case.day, years_booked(case, [project, *others]))
    found = tuple(f"与 {twin.other.name} 重复:{twin.why}" for twin in twins(project, others, known))
    unknown = _source_unknown(project)
    unknown += [] if pollutants_of(case, project) else ["污染物(pollutants)"]
    return Checked(
        found,
        tuple(unknown),
        looked=f"排污许可证 {project.entry.permit} 的“{project.entry.facility}”没有其他项目计入",
        closes="由一个项目计入,另一个退出台账或核减",
    )


def source_unknown(case: Case) -> Checked:
    """削减来源: no permit, no facility, or a pollutant the source has no base-year discharge of in the statistics.

    Only sources inside the base of the environmental statistics count (methodology §5).
    """
    project = own(case)
    lacks = [f"台账没有削减来源的{name}" for name in _source_unknown(project)]
    names = pollutants_of(case, project)
    lacks += [
        f"{POLLUTANTS[name]}没有基年排放量(base_discharge.{name}),来源不在环境统计基数内"
        for name in names
        if name not in project.entry.base_discharge
    ]
    looked = f"来源为排污许可证 {project.entry.permit} 的“{project.entry.facility}”,在环境统计基数内"
    unknown = () if names else ("污染物(pollutants)",)
    return Checked(tuple(lacks), unknown, looked=looked, closes="补齐排污许可证、设施和基年排放量,无法补齐的退出台账")


def above_base_discharge(case: Case) -> Checked:
    """Σ claims of the source (verified where a project and year has no claim), all projects and years > base discharge.

    Exactly the base discharge is possible: a source that is closed (不如实填报削减量, HLJ 三(四)).
    """
    project = own(case)
    others = [one for one in sharing(case, project) if one.subject != project.subject]
    source = [project, *(one for one in others if same_source(one.entry, project.entry))]
    found: list[str] = []
    unknown = _source_unknown(project)
    looked: list[str] = []
    used: list[Used] = []
    for name in pollutants_of(case, project):
        cut, base = _claimed_in_all(case, source, name), project.entry.base_discharge.get(name)
        used += cut.used
        if base is None:
            unknown.append(f"{POLLUTANTS[name]}基年排放量(base_discharge.{name})")
        elif cut.amount > base:
            found.append(f"{POLLUTANTS[name]}各项目各年累计削减 {show(cut.amount)} 吨,超过基年排放量 {show(base)} 吨")
        else:
            looked.append(f"{POLLUTANTS[name]}累计削减 {show(cut.amount)} 吨,未超过基年排放量 {show(base)} 吨")
    missing = () if used else (_NOT_BOOKED,)
    closes = "核减到基年排放量以内"
    return Checked(tuple(found), tuple(unknown), missing, ";".join(looked), closes, tuple(used))


def _claimed_in_all(case: Case, projects: list[Project], pollutant: str) -> Tonnes:
    total = Decimal(0)
    used: list[Used] = []
    for project in projects:
        for window in windows(case, project.subject, pollutant, (VERIFIED, CLAIMED)):
            part = in_window(case, project.subject, pollutant, CLAIMED, window)
            part = part if part.known else in_window(case, project.subject, pollutant, VERIFIED, window)
            total += part.amount
            used += part.used
    return Tonnes(total, tuple(used))


def offset_not_deducted(case: Case) -> Checked:
    """A cut promised to a new project (``offset_for``) of which no tonnes are reported, or more than is verified.

    区域削减措施 claimed for a new project's approval must be deducted from the 减排量 (methodology §5). An entry that
    names no new project and reports no such tonnes promises nothing.
    """
    project = own(case)
    pairs = [(name, tonnes(case, case.subject, name, OFFSET)) for name in POLLUTANTS]
    offsets = [(name, offset) for name, offset in pairs if offset.known]
    promised = project.entry.offset_for
    if promised is not None and not offsets:
        return Checked((f"减排量已用于新建项目 {promised},但未报抵扣量(reduction.*.offset)",), closes=_DEDUCT)
    found: list[str] = []
    looked: list[str] = []
    used: list[Used] = []
    for name, offset in offsets:
        verified = tonnes(case, case.subject, name, VERIFIED)
        used += [*offset.used, *verified.used]
        shown = f"{POLLUTANTS[name]}抵扣 {show(offset.amount)} 吨,核实 {show(verified.amount)} 吨"
        (found if offset.amount > verified.amount else looked).append(shown)
    words = ";".join(looked) or "没有用于新建项目的减排量"
    return Checked(tuple(f"{one},抵扣多于核实" for one in found), (), (), words, _DEDUCT, tuple(used))


_DEDUCT = "按月报送抵扣量并从减排量中扣除"


def counted_too_early(case: Case) -> Checked:
    """A figure of a period that ends before the second month after the project runs stably (methodology §5)."""
    project = own(case)
    figures, first = bookings(case, case.subject), first_month(project)
    if first is None:
        return Checked(unknown=("稳定运行日期(running_since)",))
    early = [one for one in figures if (one.period.year, one.period.last) < (first.year, first.last)]
    since = f"{project.entry.running_since} 稳定运行,自 {first.label} 起计"
    found = tuple(
        f"{since},{one.period.label} 已计{POLLUTANTS[one.indicator.split('.')[1]]} {show(one.amount)} 吨"
        for one in early
    )
    missing = () if figures else (_NOT_BOOKED,)
    used = tuple(Used(1, one) for one in early or figures)
    return Checked(found, (), missing, f"{since},没有更早计入的减排量", "核减提前计入的减排量", used)


def not_verified(case: Case) -> Checked:
    """Claimed and nothing of it verified yet, or more verified than claimed (D2: monitor, check, assess).

    Something verified that nobody claimed is not known to be right.
    """
    own(case)
    found: list[str] = []
    looked: list[str] = []
    missing: list[str] = []
    used: list[Used] = []
    for name, zh in POLLUTANTS.items():
        claimed, verified = (tonnes(case, case.subject, name, what) for what in (CLAIMED, VERIFIED))
        used += [*claimed.used, *verified.used]
        shown = f"{zh}申报 {show(claimed.amount)} 吨,核实 {show(verified.amount)} 吨"
        if verified.known and not claimed.known:
            missing.append(f"{case.subject} 未报{zh}申报减排量(reduction.{name}.claimed)")
        elif claimed.amount > 0 and not verified.known:
            found.append(f"{zh}申报 {show(claimed.amount)} 吨,尚未核实")
        elif verified.amount > claimed.amount:
            found.append(f"{shown},核实多于申报")
        elif claimed.known:
            looked.append(shown)
    missing += [] if used else [_NOT_BOOKED]
    return Checked(tuple(found), (), tuple(missing), ";".join(looked), "核查申报的减排量并报送核实量", tuple(used))


LEDGER_CHECKS: Mapping[RegisterCheck, Callable[[Case], Checked]] = {
    RegisterCheck.DOUBLE_COUNTED: double_counted,
    RegisterCheck.SOURCE_UNKNOWN: source_unknown,
    RegisterCheck.ABOVE_BASE_DISCHARGE: above_base_discharge,
    RegisterCheck.OFFSET_NOT_DEDUCTED: offset_not_deducted,
    RegisterCheck.COUNTED_TOO_EARLY: counted_too_early,
    RegisterCheck.NOT_VERIFIED: not_verified,
}
