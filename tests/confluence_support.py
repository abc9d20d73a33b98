"""The end state as a pure function of all facts: what the database must come to whatever the order and the batches."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from planwatch.alerts.lifecycle import episodes
from planwatch.contract.calendar_records import calendar_of
from planwatch.contract.figures import Figure, Figures, Terms
from planwatch.contract.period import local_day
from planwatch.contract.plan import Law, Target
from planwatch.contract.quality import Outcome, Rule
from planwatch.contract.records import Records
from planwatch.contract.registry import CalendarRecord, UnitRecord, parent_region, subject_of
from planwatch.quality.case import Evidence
from planwatch.quality.check import check_subject
from planwatch.quality.rulebook import Rulebook
from planwatch.rules.case import Surroundings
from planwatch.rules.judge import judge_all
from planwatch.rules.points import uses_members
from planwatch.rules.sums import Sums
from planwatch.service.assessor import MEMBER_KINDS


class World:
    """All reports and records at once. ``now`` is only the day it is."""

    def __init__(self, law: Law, reports: Iterable, records: Iterable, now: datetime) -> None:
        self.law, self.now = law, now
        records = list(records)
        self.records = Records.of(records)
        calendar = [one for one in records if isinstance(one, CalendarRecord)]
        self.calendar = calendar_of(law.duties, law.working_years, calendar)
        reports = list(reports)
        self.stated = list(_standing(law, reports))
        self.findings = self._findings(reports) if law.quality else []
        holds = [one for one in self.findings if one.outcome in (Outcome.HOLD, Outcome.REJECT)]
        self.held = frozenset(
            (one.subject, one.indicator, one.period, one.rule) for one in holds if one.rule is not Rule.MISSING
        )
        self.figures = Figures.of(
            (replace(one, flag="held") if self._is_held(one) else one for one in self.stated),
            Terms(stays=self._stays(), began=self._began(), ended=self._ended(), gaps=self._gaps()),
        )
        self.subjects = self._subjects()

    def _began(self):
        """The first day of each unit's and region's first entry."""
        versions = (self.records.versions(who) for who in self.records.subjects())
        return {str(subject_of(one[0])): one[0].valid_from for one in versions if one[0].kind in ("unit", "region")}

    def _ended(self):
        """The last day of whoever's newest entry ended."""
        newest = {str(subject_of(found)): found for who in self.records.subjects() if (found := self.newest(who))}
        return {who: one.valid_to for who, one in newest.items() if one.valid_to is not None}

    def _gaps(self):
        """From when to when nobody's entry held, between two that did."""
        found = {}
        for who in self.records.subjects():
            for one, after in pairwise(self.begun(who)):
                if one.valid_to is not None and one.valid_to < after.valid_from - timedelta(days=1):
                    run = (one.valid_to + timedelta(days=1), after.valid_from - timedelta(days=1))
                    found.setdefault(who, []).append(run)
        return found

    def _findings(self, reports):
        """What the checks find; nobody has explained anything."""
        book, found = Rulebook(self.law.quality, self.law.catalogue), []
        everything = list(_statements(self.law, reports))
        due = self.calendar.deadlines(self.records.regions_above)
        who = {one.subject for one in self.stated} | set(self.records.subjects())
        for unit in sorted(who):
            figures = Figures.of(one for one in self.stated if one.subject == unit)
            evidence = Evidence(
                tuple(one for one, _ in everything if one.subject == unit),
                written={
                    (one.indicator, one.period): value
                    for one, value in everything
                    if figures.at(unit, one.indicator, one.period) == one
                },
                due=due if self.records.versions(unit) else lambda *_: None,
            )
            found += check_subject(unit, figures, self.records, book, local_day(self.now), evidence=evidence)
        return found

    def _is_held(self, figure):
        """Whether a figure or one inside it is held."""
        return any(
            (who, what) == (figure.subject, figure.indicator)
            and figure.period.contains(period)
            and (rule is not Rule.STATED_HELD or period == figure.period)
            for who, what, period, rule in self.held
        )

    def _subjects(self):
        known = {*self.records.subjects(), *(who for who, _ in self.figures._by_key)}
        named = {code for who in known for one in self.begun(who) if (code := parent_region(one))}
        above = {f"region:{code}" for one in named for code in (one, *self.chain(f"region:{one}"))}
        return sorted(known | above)

    def begun(self, subject):
        return [one for one in self.records.versions(subject) if one.valid_from <= local_day(self.now)]

    def newest(self, subject):
        versions = self.begun(subject)
        return versions[-1] if versions else None

    def chain(self, subject):
        """The regions above, by the newest records that have begun, as the registry's views have it."""
        found, above = self.newest(subject), []
        while found is not None and (region := parent_region(found)) and region not in above:
            above.append(region)
            found = self.newest(f"region:{region}")
        return tuple(above)

    def members(self, region, kinds):
        """Who of these kinds is registered in a region or below, or (units and regions) was before."""
        inside = (who for who in self.records.subjects() if (found := self.newest(who)) and found.kind in kinds)
        return tuple(sorted(who for who in inside if any(self._lay_in(who, region))))

    def _lay_in(self, who, region):
        """Whether each entry that counts lies in a region or below, by the regions as they lie now."""
        entries = self.begun(who) if self.newest(who).kind in ("unit", "region") else [self.newest(who)]
        for one in entries:
            above = parent_region(one)
            yield above == region or (above is not None and region in self.chain(f"region:{above}"))

    def _stays(self):
        """Day by day at which entries begin: from when to when units that moved lay in each region."""
        found = {}
        for who in self.records.subjects():
            named = {code for one in self.begun(who) if (code := parent_region(one))}
            for code in named | {above for one in named for above in self.chain(f"region:{one}")}:
                here = list(self._lay_in(who, code)) if self.newest(who) else []
                if any(here) and not all(here):
                    days = [date.min, *(one.valid_from for one in self.begun(who)[1:]), date.max]
                    runs = [(days[i], days[i + 1] - timedelta(days=1)) for i in range(len(here)) if here[i]]
                    found[f"region:{code}", who] = tuple(runs)
        return found

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

    def _regions_ever_above(self, subject):
        """The regions above by any entry of the subject and of those regions, whenever it holds."""
        found, asked = set(), [subject]
        while asked:
            named = {parent_region(one) for one in self.records.versions(asked.pop())} - {None}
            asked += sorted({f"region:{code}" for code in named} - found)
            found |= {f"region:{code}" for code in named}
        return found

    def _entries(self, subjects):
        """The register entries of some: who is not in the plan's region is no part of its ledger."""
        return Records.of(one for subject in subjects for one in self.records.versions(subject))

    def assessments(self):
        """Every judgement that must stand, by subject, target, yardstick and period."""
        found = {}
        for subject in self.subjects:
            for target, members in self.duties(subject):
                others = self._regions_ever_above(subject) if target.follows else set()
                around = Surroundings(members, self._entries({subject, *members, *others}), local_day(self.now))
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
