"""Quality checks on somebody's filings, read through a mapping, and beside the publisher's own outlier log."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from planwatch.contract.catalogue import Catalogue
from planwatch.contract.errors import SettingsError
from planwatch.contract.figures import Figure
from planwatch.contract.mapping import Mapping
from planwatch.contract.period import Period
from planwatch.contract.quality import WHOLE_REPORT, Finding
from planwatch.ingest.files.loading import Loading
from planwatch.ingest.files.origins import text_of
from planwatch.ingest.files.readers import table
from planwatch.quality.rulebook import Rulebook
from planwatch.service.quality_subjects import Stated, stated

Reading = tuple[str, str, Period]
"""Subject, indicator and period."""


@dataclass(frozen=True, slots=True)
class Flagged:
    """One entry of a publisher's log: the reading it is about, the column and value it names, how far it is off.

    ``part`` says that the column is only one of those our reading adds up.
    """

    reading: Reading
    column: str
    value: str
    middle: str
    score: str
    severity: str
    part: bool


@dataclass
class Beside:
    """Our findings and the publisher's log, reading by reading."""

    both: dict[Reading, tuple[list[Finding], list[Flagged]]] = field(default_factory=dict)
    ours: dict[Reading, list[Finding]] = field(default_factory=dict)
    theirs: dict[Reading, list[Flagged]] = field(default_factory=dict)
    elsewhere: Counter[str] = field(default_factory=Counter)


def filings(path: Path, mapping: Mapping, catalogue: Catalogue) -> dict[str, Stated]:
    """Every subject's figures of a file, as `planwatch load` would send them."""
    return stated(Loading(path, mapping, catalogue).reports(), catalogue)


def findings_of(units: dict[str, Stated], book: Rulebook) -> list[Finding]:
    """What the checks find on the day after the last month filed; who files late is not asked."""
    last = max(one.period.after for unit in units.values() for one in unit.statements)
    return [finding for unit in units.values() for finding in unit.findings(book, last)]


def months_of(units: dict[str, Stated]) -> int:
    """How many unit-months were filed."""
    return sum(len({one.period for one in unit.statements}) for unit in units.values())


def outlier_log(path: Path, mapping: Mapping) -> Iterator[Flagged | str]:
    """The entries of a log with ``column_tested`` and ``month``; a column that the mapping does not read, by name."""
    if mapping.reports is None:
        raise SettingsError(f"mapping {mapping.id} makes no reports")
    subject = mapping.reports.subject
    indicators = {
        column: (one.indicator, len(one.columns) > 1) for one in mapping.reports.readings for column in one.columns
    }
    with table(path) as read:
        for row in read.rows:
            column = row.cells["column_tested"]
            if column not in indicators:
                yield column
                continue
            who = ":".join(text_of(part, row.cells, mapping.missing) for part in (subject.kind, subject.id))
            yield Flagged(
                (who, indicators[column][0], Period.parse(row.cells["month"])),
                column,
                row.cells.get("raw_value", ""),
                row.cells.get("median_val", ""),
                row.cells.get("mad_score", ""),
                row.cells.get("anomaly_severity", ""),
                indicators[column][1],
            )


def compared(findings: Sequence[Finding], log: Iterator[Flagged | str]) -> Beside:
    """Which readings both doubt, which only one does. A finding touches every reading of its months it rests on."""
    ours: dict[Reading, list[Finding]] = {}
    for finding in findings:
        for reading in touched(finding):
            ours.setdefault(reading, []).append(finding)
    theirs: dict[Reading, list[Flagged]] = {}
    result = Beside()
    for entry in log:
        if isinstance(entry, str):
            result.elsewhere[entry] += 1
        else:
            theirs.setdefault(entry.reading, []).append(entry)
    result.both = {one: (ours[one], theirs[one]) for one in sorted(ours.keys() & theirs.keys())}
    result.ours = {one: ours[one] for one in sorted(ours.keys() - theirs.keys())}
    result.theirs = {one: theirs[one] for one in sorted(theirs.keys() - ours.keys())}
    return result


def touched(finding: Finding) -> set[Reading]:
    """The readings a finding casts doubt on: its own, or all of its month if it is about the whole report.

    A run (constant, too smooth) casts doubt on the same indicator throughout.
    """
    if finding.indicator == WHOLE_REPORT:
        return {
            (finding.subject, one.indicator, one.period)
            for one in finding.figures
            if finding.period.contains(one.period)
        }
    runs = {"Q10", "Q20"}
    own = {(finding.subject, finding.indicator, finding.period)}
    if finding.rule.value not in runs:
        return own
    return own | {
        (finding.subject, one.indicator, one.period) for one in finding.figures if one.indicator == finding.indicator
    }


def why_not(flagged: Flagged, units: dict[str, Stated]) -> str:
    """Why the checks have nothing to say of an entry of the log, in words, from the figures themselves."""
    who, indicator, period = flagged.reading
    unit = units.get(who)
    figure = unit.figures.at(who, indicator, period) if unit else None
    if unit is None or figure is None:
        return "本单位当期无此数"
    if flagged.part:
        return "记录说的是合计中的一列,合计本身没有异常"
    around = _near(unit, indicator, period)
    if not figure.amount:
        return (
            "为零,而零在该单位常见"
            if sum(not one.amount for one in around) * 10 > len(around)
            else "为零,其他指标也为零"
        )
    if around and sum(one.amount > 0 for one in around) * 2 < len(around):
        return "该指标平时多为零,没有可比的常值"
    return _where(figure, around, unit.figures.at(who, indicator, period.last_year()))


def _where(figure: Figure, around: list[Figure], last: Figure | None) -> str:
    """Where a figure lies among its neighbours."""
    if last is not None and last.amount and abs(figure.amount - last.amount) * 100 <= abs(last.amount) * 30:
        return "与上年同月相差不到 30%:季节性"
    amounts = [one.amount for one in around]
    if amounts and min(amounts) <= figure.amount <= max(amounts):
        return "在前后 12 个月范围之内:水平变化或波动大,不是孤点"
    return "超出前后 12 个月范围,但不到门槛"


def _near(unit: Stated, indicator: str, period: Period) -> list[Figure]:
    at = period.year * 12 + period.last
    known = (unit.figures.at(unit.subject, indicator, one) for one in unit.figures.periods(unit.subject, indicator))
    return [one for one in known if one is not None and 0 < abs(one.period.year * 12 + one.period.last - at) <= 12]
