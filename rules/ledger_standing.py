"""How the projects of the reduction ledger stand: which count in a sum, from which month on, and which are left out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from planwatch.contract.period import Period
from planwatch.rules.case import Case
from planwatch.rules.double_counting import Known, twins
from planwatch.rules.reduction_booked import first_month, years_booked
from planwatch.rules.reduction_source import Project, ledger_of

LEDGER_PREFIX, DISCHARGE_PREFIX = "reduction.", "emission."
NAMED = 10
"""How many projects a remark names before it only counts them."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the register says of one source of a sum. ``doubt`` is why it is left out, empty where it counts."""

    name: str
    doubt: str = ""
    first: Period | None = None
    registered: bool = True


NOT_LOOKED_UP = Standing("")


def standing_of(case: Case, sources: Sequence[str]) -> Mapping[str, Standing]:
    """How each source stands on the day of the judgement, by subject.

    Left out are projects of unknown source (no permit, no facility, or no base-year discharge of the pollutant), and
    of projects that count the same cut all but the one registered first. A region's own figure, and what is no cut of
    a ledger, is not looked up. Sources without an entry count as they are.
    """
    if sources == (case.subject,) or not case.measure.of.startswith(LEDGER_PREFIX):
        return {}
    pollutant = case.measure.of.removeprefix(LEDGER_PREFIX)
    projects = _projects(case, sources)
    found = {one: Standing(one, registered=False) for one in sources if case.sums.reports(one, case.measure.of)}
    kept: dict[str | None, list[Project]] = {}
    known = Known(case.around.records, case.day, years_booked(case, _crowded(projects)))
    for project in projects:
        doubt = _source_doubt(project, pollutant)
        if not doubt:
            twin = next(twins(project, kept.get(project.entry.permit, ()), known, pollutant), None)
            doubt = f"与先登记的 {twin.other.name} 重复计算" if twin else ""
        if not doubt:
            kept.setdefault(project.entry.permit, []).append(project)
        found[project.subject] = Standing(project.name, doubt, first_month(project))
    return found


def _projects(case: Case, sources: Sequence[str]) -> list[Project]:
    """The sources that are in the ledger on the day, first come first."""
    book = ledger_of(case.around.records)
    found = [project for one in sources if (project := book.project(one, case.day)) is not None]
    return sorted(found, key=lambda one: one.first_come)


def _crowded(projects: Sequence[Project]) -> list[Project]:
    """Those that do not have their permit to themselves: of the others it does not matter when they booked."""
    times = Counter(one.entry.permit for one in projects)
    return [one for one in projects if one.entry.permit is not None and times[one.entry.permit] > 1]


def _source_doubt(project: Project, pollutant: str) -> str:
    entry = project.entry
    lacks = [name for name, value in (("排污许可证", entry.permit), ("设施", entry.facility)) if value is None]
    lacks += [] if pollutant in entry.base_discharge else ["基年排放量"]
    return f"来源不明(缺{'、'.join(lacks)})" if lacks else ""


def about_standing(case: Case, standing: Mapping[str, Standing]) -> str:
    """A remark for the formula on who is left out and why, who is not registered and whose start is not known."""
    booking = {one: how for one, how in standing.items() if case.sums.reports(one, case.measure.of)}
    out = [f"{how.name} {how.doubt}" for how in booking.values() if how.doubt]
    unknown = [how.name for how in booking.values() if not how.registered]
    undated = [how.name for how in booking.values() if how.registered and not how.doubt and how.first is None]
    return _remark("不计入", out) + _remark("台账未登记", unknown) + _remark("未填稳定运行日期", undated)


def _remark(title: str, names: Sequence[str]) -> str:
    if not names:
        return ""
    more = f" 等 {len(names)} 个" if len(names) > NAMED else ""
    return f" [{title}:{'、'.join(_first(names))}{more}]"


def _first(names: Sequence[str]) -> Iterable[str]:
    return sorted(names)[:NAMED]
