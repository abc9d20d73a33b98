"""Judging one pass of marked subjects: which targets bind whom, what changed, and what that means for warnings."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from planwatch.contract.figures import Figures
from planwatch.contract.plan import Law, Target, TargetKind
from planwatch.contract.records import NO_RECORDS, Records
from planwatch.contract.report import SubjectKind
from planwatch.rules.points import needed, uses_members, uses_records
from planwatch.rules.sums import Sums
from planwatch.service.checking import checked_beside
from planwatch.service.evidence import records_above, regions_named
from planwatch.service.following import Duty, Scene, Verdicts
from planwatch.storage.assess_store import Work
from planwatch.storage.taken import Standing, Who

MEMBER_KINDS = {
    SubjectKind.PROJECT: ("reduction_project", "two_high_project"),
    SubjectKind.UNIT: ("unit",),
    SubjectKind.REGION: ("region",),
}
NOBODY = Who("", "", "", False, (), {})


def judge_pass(work: Work, law: Law, now: datetime) -> Verdicts:
    """Judge every subject of an open transaction against every target that binds it."""
    subjects = [marked.subject for marked in work.marked]
    who = work.who(subjects)
    duties = {subject: duties_of(work, law, subject, who.get(subject, NOBODY)) for subject in subjects}
    regions = regions_looked_at(work, duties)
    sums, records = Sums(figures_of(work, law, duties, regions), law), records_of(work, duties, regions)
    standing, warnings, told = work.standing(), work.warnings(subjects), work.told(subjects)
    names, retired = _names(work, who), _retired(work, law, standing)
    verdicts = Verdicts()
    for marked in work.marked:
        subject = marked.subject
        scene = Scene(
            marked,
            law,
            sums,
            records,
            standing[subject],
            warnings=warnings[subject],
            told=told,
            who=who.get(subject, NOBODY),
            names=names,
            retired=retired,
            concerned=_concerned(work, law, subject, duties[subject]),
            whole=work.whole,
            beside=work.beside,
            now=now,
        )
        scene.follow(duties[subject], verdicts)
    return verdicts


def duties_of(work: Work, law: Law, subject: str, who: Who) -> list[Duty]:
    """The targets that bind a subject, each with the members whose figures bear on it."""
    bound = [
        target
        for target in law.judged
        if target.applies_to.binds(subject, who.regions, two_high=who.two_high, entry=who.kind, traits=who.traits)
    ]
    return [Duty(target, _members(work, target, subject)) for target in bound]


def _members(work: Work, target: Target, subject: str) -> tuple[str, ...]:
    """Whose figures and entries bear on a target: those it sums, or for a check of the ledger the whole ledger."""
    if target.sum_of is not None:
        return work.members(subject.partition(":")[2], MEMBER_KINDS[target.sum_of])
    if uses_members(target) and target.applies_to.region:
        return work.members(target.applies_to.region, ("reduction_project",))
    return ()


def regions_looked_at(work: Work, duties: Mapping[str, Sequence[Duty]]) -> list[str]:
    """The regions whose target a check of a project looks at (等量减量替代): all above it, by any entry it ever had."""
    looking = [
        subject
        for subject, found in duties.items()
        if any(one.target.kind is TargetKind.REGISTER_CHECK and one.target.follows is not None for one in found)
    ]
    records = records_above(work, looking) if looking else NO_RECORDS
    return sorted({region for who in records.subjects() for region in regions_named(records.versions(who))})


def records_of(work: Work, duties: Mapping[str, Sequence[Duty]], regions: Sequence[str]) -> Records:
    """The register entries that bear on any duty, with those of the regions looked at."""
    subjects = set(regions)
    for subject, found in duties.items():
        for duty in found:
            if uses_records(duty.target):
                subjects.update((subject, *duty.members))
    return work.records(sorted(subjects)) if subjects else NO_RECORDS


def figures_of(work: Work, law: Law, duties: Mapping[str, Sequence[Duty]], regions: Sequence[str]) -> Figures:
    """The figures that bear on any duty, with those of the regions looked at; all of them checked."""
    subjects = {*duties, *regions}
    indicators: set[str] = set()
    for found in duties.values():
        for duty in found:
            subjects.update(duty.members)
            indicators |= needed(duty.target, law)
    units = {name: law.catalogue.by_id[name].unit for name in indicators}
    return work.figures(subjects, units, checked_beside(work, law, subjects))


def _names(work: Work, who: Mapping[str, Who]) -> dict[str, str]:
    regions = {f"region:{one.regions[0]}" for one in who.values() if one.regions}
    return work.names(regions | set(who))


def _concerned(work: Work, law: Law, subject: str, duties: Sequence[Duty]) -> list[str]:
    """Names of the 两高 projects of a region, where a clause asks something of them when the region falls behind."""
    if not any(duty.target.id in law.looked_at for duty in duties):
        return []
    projects = work.members(subject.partition(":")[2], ("two_high_project",))
    return sorted(work.names(projects).values())


def _retired(work: Work, law: Law, standing: Mapping[str, Sequence[Standing]]) -> dict[str, Target]:
    """Targets with standing judgements that are in no plan any more, as they last were."""
    judged = {one.target for found in standing.values() for one in found}
    gone = sorted(judged - set(law.targets))
    return work.targets(gone) if gone else {}
