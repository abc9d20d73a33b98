"""What is said beside a judgement: marks of doubted figures, names for ids, what was withdrawn, who holds what."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_DOWN, Decimal

from planwatch.contract.assessment import Assessment
from planwatch.contract.figures import Figure, runs
from planwatch.contract.period import Period
from planwatch.storage.beside_store import Beside, Doubt

NAMED = 5
"""So many who lack something are said to the end; the number of the others follows."""
_SUBJECT = re.compile(r"(?:unit|project|region):[A-Za-z0-9](?:[A-Za-z0-9._:\-]{0,62}[A-Za-z0-9_\-])?")
_LABEL = r"[0-9]{4}(?:-[0-9QH~]+)?"
_NOT_REPORTED = re.compile(rf"(?P<who>{_SUBJECT.pattern}) 未报 (?P<what>[a-z0-9_.]+):(?P<when>{_LABEL}(?:, {_LABEL})*)")
_NO_ENERGY = re.compile(rf"(?P<who>{_SUBJECT.pattern}) reports no energy for (?P<year>[0-9]{{4}})")


def subjects_in(text: str) -> set[str]:
    """The subjects a reason speaks of."""
    return set(_SUBJECT.findall(text))


def subjects_of(assessments: Iterable[Assessment]) -> set[str]:
    """Everybody whose figures judgements rest on, or of whom their reasons speak."""
    return {
        who for one in assessments for who in (*subjects_in(one.reason), *(used.figure.subject for used in one.used))
    }


def in_words(text: str, beside: Beside) -> str:
    """A reason with registered names before ids, and what was withdrawn said to be withdrawn."""
    text = _NOT_REPORTED.sub(lambda found: _withdrawn(found, beside), text)
    text = _NO_ENERGY.sub(lambda found: _no_energy(found, beside), text)
    return _SUBJECT.sub(lambda found: named(found.group(), beside.names), text)


def named(subject: str, names: Mapping[str, str]) -> str:
    """甲厂(unit:A); the id alone where nobody registered it."""
    return f"{names[subject]}({subject})" if subject in names else subject


def marks(figure: Figure, doubts: Sequence[Doubt]) -> list[str]:
    """What is marked at a figure that counts: its own flag, and each open question with the rule that asks it."""
    said = [figure.flag] if figure.flag else []
    asked = [one for one in doubts if not one.holds and _is_about(one, figure)]
    return said + [f"{one.rule} {'存疑已说明' if one.state == 'explained' else '存疑待说明'}" for one in asked]


def queried(assessment: Assessment, doubts: Sequence[Doubt]) -> int:
    """How many figures a judgement rests on that have an open question."""
    asked = [one for one in doubts if not one.holds]
    figures = {(one.figure.subject, one.figure.indicator, one.figure.period): one.figure for one in assessment.used}
    by_subject: dict[str, list[Doubt]] = {}
    for one in asked:
        by_subject.setdefault(one.subject, []).append(one)
    return sum(any(_is_about(one, figure) for one in by_subject.get(key[0], ())) for key, figure in figures.items())


def holding(assessment: Assessment, beside: Beside) -> Iterator[str]:
    """Who is missing from a judgement for want of a figure that is held: by which rule and why; and what to do next."""
    about = subjects_in(assessment.reason)
    held = [one for one in beside.doubts if one.holds and one.subject in about and _in_view(one.period, assessment)]
    held.sort(key=lambda one: (one.period.year, one.period.last), reverse=True)  # what is old has been told long since
    for one in held[:NAMED]:
        what = f"{one.period.label} {'全部数值' if one.indicator == '*' else one.indicator}"
        yield f"{one.rule} {named(one.subject, beside.names)} {what}:{one.message}"
    if len(held) > NAMED:
        yield f"另有 {len(held) - NAMED} 项"
    for who in sorted({one.subject for one in held[:NAMED]}):
        yield f"处理:planwatch quality list --subject {who}"


def coverage_words(coverage: Decimal | None, there: int | None, sources: int | None) -> str:
    """97.25%(35/36 家); empty for the subject's own figure. Never rounded up, so that 100% is all of it."""
    if coverage is None:
        return ""
    share = coverage.quantize(Decimal("0.01"), ROUND_DOWN)
    return f"{share:f}".rstrip("0").rstrip(".") + f"%({there}/{sources} 家)"


def _is_about(doubt: Doubt, figure: Figure) -> bool:
    mine = (doubt.subject, doubt.period) == (figure.subject, figure.period)
    return mine and doubt.indicator in (figure.indicator, "*")


def _in_view(period: Period, assessment: Assessment) -> bool:
    """Whether a period may bear on a judgement: not later than it."""
    return (period.year, period.first) <= (assessment.period.year, assessment.period.last)


def _withdrawn(found: re.Match[str], beside: Beside) -> str:
    """«A 未报 x:2025-02» with what A had reported and withdrawn."""
    who, what = found["who"], found["what"]
    absent = [month for label in found["when"].split(", ") for month in _read(label).each_month()]
    back = [period for one, indicator, period in beside.withdrawn if (one, indicator) == (who, what)]
    gone = [month for month in absent if any(period.contains(month) for period in back)]
    if not gone:
        return found[0]
    if len(gone) == len(absent):
        return f"{who} 已撤回 {what}:{found['when']}"
    return f"{found[0]}(其中 {', '.join(run.label for run in runs(gone))} 已撤回)"


def _read(label: str) -> Period:
    """A period from its label."""
    year, _, months = label.partition("-")
    first, _, last = months.partition("~")
    return Period(int(year), int(first), int(last)) if last else Period.parse(label)


def _no_energy(found: re.Match[str], beside: Beside) -> str:
    year = int(found["year"])
    back = any(
        who == found["who"] and what.startswith("energy.") and period.year == year
        for who, what, period in beside.withdrawn
    )
    return f"{found['who']} 的能耗数值已撤回:{year}" if back else found[0]
