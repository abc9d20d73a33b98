"""One subject in one pass: what its judgements come to, and what that means for its warnings."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from planwatch.alerts.lifecycle import Told, replay
from planwatch.alerts.message import facts
from planwatch.contract.assessment import Assessment, Status
from planwatch.contract.period import Period, local_day
from planwatch.contract.plan import Law, Target, Yardstick
from planwatch.contract.records import Records
from planwatch.contract.warning import Cause, Change, EarlyWarning, WarningKey
from planwatch.rules.case import Surroundings
from planwatch.rules.ended import ended
from planwatch.rules.judge import judge_all
from planwatch.rules.sums import Sums
from planwatch.service.beside import in_words, subjects_in
from planwatch.storage.beside_store import Beside
from planwatch.storage.notify_store import notification_to_json
from planwatch.storage.taken import Marked, Standing, Who

Spot = tuple[str, Yardstick, Period]
"""Which judgement of a subject: target, yardstick, period."""
Said = Assessment | Standing
"""What is or was said at a spot: plan, target, period, status and level are all that warnings go by."""


@dataclass(frozen=True, slots=True)
class Duty:
    """A target that binds a subject, and the subjects whose figures or entries bear on it."""

    target: Target
    members: tuple[str, ...]


@dataclass
class Verdicts:
    """What one pass decided, to be written together.

    ``closed`` are standing judgements that are none any more, because another one stands in for them, the law has the
    target no longer, it does not bind the subject, or it is not judged at that period. ``sources`` and ``regions`` are
    those on whom others depend, who are then marked, from the months in ``since`` on.
    """

    assessments: list[tuple[Assessment, Cause, str]] = field(default_factory=list)
    warnings: list[EarlyWarning] = field(default_factory=list)
    changes: list[tuple[Change, str, str]] = field(default_factory=list)
    bodies: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    closed: list[Standing] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    regions: list[str] = field(default_factory=list)
    since: list[date | None] = field(default_factory=list)

    @property
    def related_since(self) -> date | None:
        """The month from which on others are concerned; None where anything may have changed for them."""
        known = [day for day in self.since if day is not None]
        return min(known) if known and len(known) == len(self.since) else None


@dataclass(frozen=True)
class Scene:
    """One subject in one pass, with all that bears on it. ``concerned`` names the 两高 projects of a region."""

    marked: Marked
    law: Law
    sums: Sums
    records: Records
    standing: Sequence[Standing]
    warnings: Sequence[EarlyWarning]
    told: Told
    who: Who
    names: Mapping[str, str]
    retired: Mapping[str, Target]
    concerned: Sequence[str]
    whole: Callable[[Standing], Assessment]
    beside: Callable[[Iterable[str]], Beside]
    now: datetime

    def follow(self, duties: Sequence[Duty], verdicts: Verdicts) -> None:
        """Judge all duties, add what is new to the verdicts, and follow each line of targets to its warnings."""
        before = {_spot(one): one for one in self.standing}
        judged = {_spot(one): one for duty in duties for one in self._judge(duty, before)}
        fresh = {spot: one for spot, one in judged.items() if spot not in before or before[spot].whole != one}
        for spot, one in fresh.items():
            cause = self.marked.cause if spot in before else self.marked.news
            verdicts.assessments.append((one, cause, self.marked.behind[cause]))
        closed = {spot for spot in before if spot not in judged and self._is_over(spot)}
        verdicts.closed += [one for spot, one in before.items() if spot in closed or spot in fresh]
        stands: dict[Spot, Said] = {spot: one for spot, one in before.items() if spot not in closed}
        stands |= fresh
        for line in sorted({(self._line(target), yardstick) for target, yardstick, _ in (*fresh, *closed)}):
            self._tell(line, before, stands, verdicts)
        self._touch_others(duties, anything_new=bool(fresh or closed), verdicts=verdicts)

    def _judge(self, duty: Duty, before: Mapping[Spot, Standing]) -> list[Assessment]:
        around, since = Surroundings(duty.members, self.records, local_day(self.now)), self.marked.anew_from
        judged = judge_all(duty.target, self.marked.subject, self.sums, around=around, since=since)
        known = judged or any(spot[0] == duty.target.id for spot in before)
        return [*judged, *(ended(duty.target, self.marked.subject, self.law) if known else ())]

    def _is_over(self, spot: Spot) -> bool:
        """Whether a judgement that was not made again is none any more.

        Its target is in no plan and nothing carries it on; or it lies in the months that were judged anew, and its
        target does not bind the subject any more or is not judged at this period (its figures were withdrawn, say).
        """
        if spot[0] not in self.law.targets:
            return spot[0] not in self.law.continued
        since = self.marked.anew_from
        return since is None or spot[2].after > since

    def _line(self, target: str) -> str:
        """The line a target belongs to: its own, or that of the target which carries it on."""
        known = self.law.targets.get(target)
        return self.law.line_of(known) if known else target

    def _touch_others(self, duties: Sequence[Duty], *, anything_new: bool, verdicts: Verdicts) -> None:
        """Whom else this subject concerns: sharers of its permits by new judgements, who then concern nobody further.

        Projects that look at a region's target are judged at its figures' months, new judgement or not: where the
        target is judged by quarter, October must not depend on whether December came with it.
        """
        source = self.who.kind == "reduction_project" and self.marked.cause is not Cause.RELATED and anything_new
        region = any(duty.target.id in self.law.looked_at for duty in duties)
        if source:
            verdicts.sources.append(self.marked.subject)
        if region:
            verdicts.regions.append(self.marked.subject.partition(":")[2])
        if source or region:
            verdicts.since.append(self.marked.anew_from)

    def _tell(
        self,
        line: tuple[str, Yardstick],
        before: Mapping[Spot, Said],
        after: Mapping[Spot, Said],
        verdicts: Verdicts,
    ) -> None:
        """What changes in the warnings of one line of targets on one yardstick."""
        stood, stands = self._of_line(line, before), self._of_line(line, after)
        newest = max((stands or stood).items())[1]
        target = self._target(newest.target)
        if not target.warns:
            return
        plan = self.law.plan_of_line(target) if target.id in self.law.targets else newest.plan
        key = WarningKey(plan, line[0], self.marked.subject, line[1])
        outcome = replay(
            key,
            [warning for warning in self.warnings if warning.key == key],
            [(period, stands[period].status, stands[period].level) for period in sorted(stands)],
            judged_until=_judged_until(stood),
            cause=self.marked.cause,
            first=self.marked.news,
            now=self.now,
            told=self.told,
        )
        verdicts.warnings.extend(outcome.warnings)
        for change in outcome.changes:
            self._write(change, outcome.told[change.id], {**stood, **stands}, verdicts)

    def _write(self, change: Change, warning: EarlyWarning, said: Mapping[Period, Said], verdicts: Verdicts) -> None:
        at = said.get(change.period) or said[max(said)]
        assessment = at if isinstance(at, Assessment) else self.whole(at)
        verdicts.changes.append((change, assessment.law, self.marked.behind.get(change.cause, "")))
        target = self._target(assessment.target)
        concerned = self.concerned if {target.id, target.parent} & self.law.looked_at else ()
        told = facts(
            change, warning, self._worded(assessment), target, self._name(), self._region(), concerned=concerned
        )
        told["region_code"] = self._region_code()
        verdicts.bodies[change.id] = notification_to_json(change, warning, told)

    def _worded(self, assessment: Assessment) -> Assessment:
        """With a reason as `explain` says it: registered names, and what was withdrawn said to be withdrawn."""
        whom = subjects_in(assessment.reason)
        return replace(assessment, reason=in_words(assessment.reason, self.beside(whom))) if whom else assessment

    def _of_line(self, line: tuple[str, Yardstick], spots: Mapping[Spot, Said]) -> dict[Period, Said]:
        """The judgements of a line on one yardstick, by period; plans that follow on each other do not overlap."""
        return {
            period: one for (target, yardstick, period), one in spots.items() if (self._line(target), yardstick) == line
        }

    def _target(self, name: str) -> Target:
        """A target of the law, or one that ended, as it last was."""
        return self.law.targets.get(name) or self.retired[name]

    def _name(self) -> str:
        return self.names.get(self.marked.subject, self.marked.subject.partition(":")[2])

    def _region_code(self) -> str:
        kind, _, name = self.marked.subject.partition(":")
        return name if kind == "region" else (self.who.regions[0] if self.who.regions else "")

    def _region(self) -> str:
        return self.names.get(f"region:{self.who.regions[0]}", self.who.regions[0]) if self.who.regions else ""


def _spot(said: Said) -> Spot:
    return said.target, said.yardstick, said.period


def _judged_until(before: Mapping[Period, Said]) -> Period | None:
    """The newest period something was said of before this pass; *not rated* says nothing."""
    said = [period for period, one in before.items() if one.status is not Status.NOT_RATED]
    return max(said, key=lambda period: (period.year, period.last), default=None)
