"""重复计算: who counts a cut that another project of the ledger counts too (HLJ 三(四), methodology §5)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from planwatch.contract.records import Records
from planwatch.rules.reduction_source import POLLUTANTS, Project, one_inside_the_other, same_source


@dataclass(frozen=True, slots=True)
class Known:
    """What double counting is seen from: register entries, the day, and who booked when.

    ``booked`` has, by subject and pollutant, the years in which a project has any figure of a cut.
    """

    records: Records
    day: date
    booked: Mapping[tuple[str, str], frozenset[int]]


@dataclass(frozen=True, slots=True)
class Twin:
    """Another project that counts what this one counts, and in which way."""

    other: Project
    why: str


def twins(project: Project, others: Iterable[Project], known: Known, only: str | None = None) -> Iterator[Twin]:
    """The projects that count the same cut as this one, each once, with all the ways in which they do.

    (1) one permit, facility and pollutant in two projects at overlapping times; (2) the same in different years, where
    both booked; (3) a facility both closed and treated; (4) one permit in two regions of which one lies in the other.
    One project may book its source in several years (the comparison is year on year); their sum is bounded by
    ``above_base_discharge``. ``only`` looks at one pollutant.
    """
    for other in others:
        shared = _shared(project, other, known)
        if other.subject == project.subject or only not in (None, *shared):
            continue
        ways = list(_ways(project, other, shared, known))
        if ways:
            yield Twin(other, "、".join(ways))


def _ways(project: Project, other: Project, shared: Sequence[str], known: Known) -> Iterator[str]:
    ours, theirs = project.entry, other.entry
    if ours.permit is None or ours.permit != theirs.permit:
        return
    called = "、".join(POLLUTANTS[name] for name in shared)
    if same_source(ours, theirs):
        if shared and _overlap(project, other):
            yield f"同一排污许可证 {ours.permit} 的“{ours.facility}”同期重复计{called}"
        elif years := _years(project, other, shared, known):
            yield f"同一排污许可证 {ours.permit} 的“{ours.facility}”在 {years} 年分别计{called}"
        if {ours.measure, theirs.measure} == {"closure", "treatment"}:
            yield "同一设施既计关停又计治理"
    if shared and one_inside_the_other(ours.region, theirs.region, known.records, known.day):
        yield f"上下级地区 {ours.region} 与 {theirs.region} 同计排污许可证 {ours.permit} 的{called}"


def _shared(one: Project, other: Project, known: Known) -> list[str]:
    return [name for name in _pollutants(one, known) if name in _pollutants(other, known)]


def _pollutants(project: Project, known: Known) -> Sequence[str]:
    """What the entry names, else what has figures."""
    if project.entry.pollutants:
        return project.entry.pollutants
    return [name for name in POLLUTANTS if known.booked.get((project.subject, name))]


def _overlap(one: Project, other: Project) -> bool:
    """Whether both were in the ledger on some day."""
    ends = (one.entry.valid_to or date.max, other.entry.valid_to or date.max)
    return max(one.registered, other.registered) <= min(ends)


def _years(one: Project, other: Project, shared: Sequence[str], known: Known) -> str:
    """The years two projects book, where both do."""
    ours = {year for name in shared for year in known.booked.get((one.subject, name), frozenset())}
    theirs = {year for name in shared for year in known.booked.get((other.subject, name), frozenset())}
    return "、".join(str(year) for year in sorted(ours | theirs)) if ours and theirs else ""
