"""Judging one pass of marked subjects: which targets bind whom, what changed, and what that means for warnings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from planwatch.alerts.lifecycle import replay
from planwatch.alerts.message import facts
from planwatch.contract.assessment import Assessment, Status
from planwatch.contract.figures import Figures
from planwatch.contract.period import Period
from planwatch.contract.plan import Law, Target, Yardstick
from planwatch.contract.report import SubjectKind
from planwatch.contract.warning import Cause, Change, EarlyWarning, WarningKey
from planwatch.rules.judge import judge_all
from planwatch.rules.points import needed
from planwatch.storage.assess_store import Marked, Standing, Who, Work
from planwatch.storage.notify_store import notification_to_json

MEMBER_KINDS = {
    SubjectKind.PROJECT: ("reduction_project", "two_high_project"),
    SubjectKind.UNIT: ("unit",),
    SubjectKind.REGION: ("region",),
}
NOBODY = Who("", "", "", False, ())


@dataclass(frozen=True, slots=True)
class Duty:
    """A target that binds a subject, and the subjects whose figures it sums."""

    target: Target
    members: tuple[str, ...]


@dataclass
class Verdicts:
    """What one pass decided, to be written together."""

    assessments: list[tuple[Assessment, int, Cause]] = field(default_factory=list)
    warnings: list[EarlyWarning] = field(default_factory=list)
    changes: list[tuple[Change, str]] = field(default_factory=list)
    bodies: dict[str, Mapping[str, Any]] = field(default_factory=dict)


def judge_pass(work: Work, law: Law, now: datetime) -> Verdicts:
    """Judge every subject of an open transaction against every target that binds it."""
    subjects = [marked.subject for marked in work.marked]
    who = work.who(subjects)
    duties = {subject: _duties(work, law, subject, who.get(subject, NOBODY)) for subject in subjects}
    figures = _figures(work, law, duties)
    standing, warnings = work.standing(subjects), work.warnings(subjects)
    names = _names(work, who)
    verdicts = Verdicts()
    for marked in work.marked:
        subject = marked.subject
        scene = Scene(marked, law, figures, standing[subject], warnings[subject], who.get(subject, NOBODY), names, now)
        for duty in duties[subject]:
            scene.judge(duty, verdicts)
    return verdicts


def _duties(work: Work, law: Law, subject: str, who: Who) -> list[Duty]:
    bound = [t for t in law.targets.values() if t.applies_to.binds(subject, who.regions, two_high=who.two_high)]
    return [Duty(target, _members(work, target, subject)) for target in bound]


def _members(work: Work, target: Target, subject: str) -> tuple[str, ...]:
    if target.sum_of is None:
        return ()
    return work.members(subject.partition(":")[2], MEMBER_KINDS[target.sum_of])


def _figures(work: Work, law: Law, duties: Mapping[str, Sequence[Duty]]) -> Figures:
    subjects: set[str] = set(duties)
    indicators: set[str] = set()
    for duty in (duty for found in duties.values() for duty in found):
        subjects.update(duty.members)
        indicators |= needed(duty.target, law)
    return work.figures(subjects, {name: law.catalogue.by_id[name].unit for name in indicators})


def _names(work: Work, who: Mapping[str, Who]) -> dict[str, str]:
    regions = {f"region:{one.regions[0]}" for one in who.values() if one.regions}
    return work.names(regions | set(who))


@dataclass(frozen=True)
class Scene:
    """One subject in one pass, with all that bears on it."""

    marked: Marked
    law: Law
    figures: Figures
    standing: Sequence[Standing]
    warnings: Sequence[EarlyWarning]
    who: Who
    names: Mapping[str, str]
    now: datetime

    def judge(self, duty: Duty, verdicts: Verdicts) -> None:
        """Judge one target and add what changed to the verdicts."""
        judged = judge_all(
            duty.target, self.marked.subject, self.figures, self.law, members=duty.members, since=self._since()
        )
        for yardstick in duty.target.yardsticks:
            self._follow(duty.target, yardstick, [one for one in judged if one.yardstick is yardstick], verdicts)

    def _since(self) -> date | None:
        # A changed law or registry may change any judgement; new figures only those from their month on.
        return self.marked.since if self.marked.cause in (Cause.FIGURES, Cause.CORRECTION) else None

    def _follow(self, target: Target, yardstick: Yardstick, judged: Sequence[Assessment], verdicts: Verdicts) -> None:
        before = {
            one.assessment.period: one
            for one in self.standing
            if one.assessment.target == target.id and one.assessment.yardstick is yardstick
        }
        fresh = [one for one in judged if one.period not in before or before[one.period].assessment != one]
        if not fresh:
            return
        for one in fresh:
            number = before[one.period].judgement + 1 if one.period in before else 1
            verdicts.assessments.append((one, number, self.marked.cause))
        after = {period: one.assessment for period, one in before.items()} | {one.period: one for one in fresh}
        self._tell(target, yardstick, {period: one.assessment for period, one in before.items()}, after, verdicts)

    def _tell(
        self,
        target: Target,
        yardstick: Yardstick,
        before: Mapping[Period, Assessment],
        after: Mapping[Period, Assessment],
        verdicts: Verdicts,
    ) -> None:
        key = WarningKey(self.law.plan_of[target.id].id, target.id, self.marked.subject, yardstick)
        outcome = replay(
            key,
            [warning for warning in self.warnings if warning.key == key],
            [(period, after[period].status, after[period].level) for period in sorted(after)],
            judged_until=_judged_until(before),
            cause=self.marked.cause,
            now=self.now,
        )
        verdicts.warnings.extend(outcome.warnings)
        for change in outcome.changes:
            assessment = after[change.period]
            verdicts.changes.append((change, assessment.law))
            warning = outcome.told[change.id]
            told = facts(change, warning, assessment, target, self._name(), self._region())
            told["region_code"] = self._region_code()
            verdicts.bodies[change.id] = notification_to_json(change, warning, told)

    def _name(self) -> str:
        return self.names.get(self.marked.subject, self.marked.subject.partition(":")[2])

    def _region_code(self) -> str:
        kind, _, name = self.marked.subject.partition(":")
        return name if kind == "region" else (self.who.regions[0] if self.who.regions else "")

    def _region(self) -> str:
        return self.names.get(f"region:{self.who.regions[0]}", self.who.regions[0]) if self.who.regions else ""


def _judged_until(before: Mapping[Period, Assessment]) -> Period | None:
    """The newest period something was said of before this pass; *not rated* says nothing."""
    said = [period for period, one in before.items() if one.status is not Status.NOT_RATED]
    return max(said, key=lambda period: (period.year, period.last), default=None)
