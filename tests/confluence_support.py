"""The end state as a pure function of all facts: what the database must come to whatever the order and the batches."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from planwatch.alerts.lifecycle import episodes
from planwatch.contract.figures import Figure, Figures
from planwatch.contract.period import local_day
from planwatch.contract.plan import Law, Target
from planwatch.contract.quality import Outcome
from planwatch.contract.records import Records
from planwatch.contract.registry import UnitRecord, parent_region
from planwatch.quality.case import Evidence
from planwatch.quality.check import check_subject
from planwatch.quality.rulebook import Rulebook
from planwatch.rules.case import Surroundings
from planwatch.rules.judge import judge_all
from planwatch.rules.points import uses_members
from planwatch.rules.sums import Sums
from planwatch.service.assessor import MEMBER_KINDS
from planwatch.service.checking import CHECKED


class World:
    """All reports and records at once. ``now`` is only the day it is."""

    def __init__(self, law: Law, reports: Iterable, records: Iterable, now: datetime) -> None:
        self.law, self.now = law, now
        self.records = Records.of(records)
        reports = list(reports)
        self.stated = list(_standing(law, reports))
        self.held = self._held(reports) if law.quality else frozenset()
        self.figures = Figures.of(
            replace(one, flag="held") if (one.subject, one.indicator, one.period) in self.held else one
            for one in self.stated
        )
        self.subjects = self._subjects()

    def _held(self, reports):
        """What the checks of units keep out of sums; nobody has explained anything."""
        book, found = Rulebook(self.law.quality, self.law.catalogue), []
        everything = list(_statements(self.law, reports))
        for unit in sorted({one.subject for one in self.stated if one.subject.startswith(CHECKED)}):
            figures = Figures.of(one for one in self.stated if one.subject == unit)
            evidence = Evidence(
                tuple(one for one, _ in everything if one.subject == unit and one.flag != "withdrawn"),
                written={
                    (one.indicator, one.period): value
                    for one, value in everything
                    if figures.at(unit, one.indicator, one.period) == one
                },
            )
            found += check_subject(unit, figures, self.records, book, local_day(self.now), evidence=evidence)
        holds = [one for one in found if one.outcome in (Outcome.HOLD, Outcome.REJECT)]
        return frozenset((one.subject, one.indicator, one.period) for one in holds)

    def _subjects(self):
        known = {*self.records.subjects(), *(who for who, _ in self.figures._by_key)}
        above = {f"region:{region}" for who in known for region in self.chain(who)}
        return sorted(known | above)

    def newest(self, subject):
        versions = self.records.versions(subject)
        return versions[-1] if versions else None

    def chain(self, subject):
        """The regions above, by the newest records, as the registry's views have it."""
        found, above = self.newest(subject), []
        while found is not None and (region := parent_region(found)) and region not in above:
            above.append(region)
            found = self.newest(f"region:{region}")
        return tuple(above)

    def members(self, region, kinds):
        """Who of these kinds is registered in a region or below."""
        inside = (who for who in self.records.subjects() if self.newest(who).kind in kinds)
        return tuple(sorted(who for who in inside if region in self.chain(who)))

    def duties(self, subject):
        record = self.newest(subject)
        traits = record.traits if isinstance(record, UnitRecord) else {}
        kind = record.kind if record else ""
        two_high = kind == "two_high_project" or bool(getattr(record, "two_high", False))
        for target in self.law.judged:
            if target.applies_to.binds(subject, self.chain(subject), two_high=two_high, entry=kind, traits=traits):
                yield target, self._members_of(target, subject)

    def _members_of(self, target: Target, subject):
        if target.sum_of is not None:
            return self.members(subject.partition(":")[2], MEMBER_KINDS[target.sum_of])
        if uses_members(target) and target.applies_to.region:
            return self.members(target.applies_to.region, ("reduction_project",))
        return ()

    def _entries(self, subjects):
        """The register entries of some: who is not in the plan's region is no part of its ledger."""
        return Records.of(one for subject in subjects for one in self.records.versions(subject))

    def assessments(self):
        """Every judgement that must stand, by subject, target, yardstick and period."""
        found = {}
        for subject in self.subjects:
            for target, members in self.duties(subject):
                around = Surroundings(members, self._entries({subject, *members}), local_day(self.now))
                for one in judge_all(target, subject, Sums(self.figures, self.law), around=around):
                    found[one.subject, one.target, one.yardstick, one.period] = one
        return found

    def warnings(self):
        """Every episode that must stand: subject, target, yardstick, first and last period, severities, cleared where."""
        lines = {}
        for (subject, target, yardstick, period), one in self.assessments().items():
            if self.law.targets[target].warns:
                lines.setdefault((subject, target, yardstick), []).append((period, one.status, one.level))
        return sorted(
            (*key, e.first, e.last, e.level.severity, e.peak, e.cleared_at)
            for key, levels in lines.items()
            for e in episodes(levels)
        )


def _statements(law, reports):
    """Every statement ever made, once, with its value as written."""
    seen = {}
    for report in reports:
        for reading in report.readings:
            flag = "held" if law.catalogue.why_held(reading) else (reading.flag.value if reading.flag else None)
            figure = Figure(
                str(report.subject),
                reading.indicator,
                report.span,
                law.catalogue.amount(reading),
                law.catalogue.by_id[reading.indicator].unit,
                report.revision,
                flag,
                report.report_id,
                report.source.value,
            )
            seen[figure, report.submitted_at, reading.value, reading.unit, reading.note] = (figure, reading.value)
    yield from seen.values()


def _standing(law, reports):
    """The statement that ranks highest for each figure, withdrawn ones left out."""
    ranked = {}
    for report in reports:
        for reading in report.readings:
            key = (str(report.subject), reading.indicator, report.span)
            held = law.catalogue.why_held(reading)
            marks = (
                report.source.value,
                "held" if held else reading.flag.value if reading.flag else "",
                held or reading.note or "",
            )
            rank = (
                report.revision,
                report.submitted_at,
                report.report_id,
                reading.value,
                law.catalogue.amount(reading),
                reading.unit,
                *marks,
            )
            if key not in ranked or rank > ranked[key][0]:
                ranked[key] = (rank, report, reading)
    for _, report, reading in ranked.values():
        for figure, _ in _statements(law, [report.model_copy(update={"readings": (reading,)})]):
            if figure.flag != "withdrawn":
                yield figure
