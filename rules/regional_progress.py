"""Whether the region a project stands in keeps up with the intensity target that a check of the project follows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from planwatch.contract.assessment import Assessment, Status
from planwatch.contract.period import MONTHS_OF_A_YEAR, Period
from planwatch.contract.plan import Cadence, Law, Target, Yardstick
from planwatch.rules.case import CannotRate, Case
from planwatch.rules.numbers import show_percent

MONTHS_BETWEEN = {Cadence.MONTH: 1, Cadence.QUARTER: 3, Cadence.YEAR: 12}
MONTHS_LATE = 2
"""How many months a region's figures may be behind and still say where it stands: a month is reported in the next."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Whether a region is behind, and the numbers that say so."""

    behind: bool
    words: str


def regional_progress(case: Case, region: str) -> Progress:
    """Behind = the followed target is rated and missed; CannotRate where it is not rated or nobody above has it.

    «进度要求» is the progress due since the base year, so the five-year yardstick decides where the target has one.
    Between two judgements of the region the earlier one holds, for the target's cadence and ``MONTHS_LATE`` more.
    """
    target, code = _followed(case, region)
    reasons = []
    for point in _points(target, case.point):
        found = _decisive(replace(case, point=point).on(target.id, subject=f"region:{code}"))
        if found.status is Status.RATED and found.level is not None:
            return Progress(found.level.severity > 0, _words(found, target, code))
        reasons.append(found.reason)
    raise CannotRate(f"地区 {code} 的“{target.zh}”未评定:{reasons[0]}")


def holder(law: Law, follows: str, above: Sequence[str]) -> tuple[Target, str] | None:
    """The followed target of the nearest of some regions that has it: its own row or the target itself."""
    for place, code in enumerate(above):
        own = law.targets.get(f"{follows}.{code.lower()}")
        if own is not None:
            return own, code
        itself = law.targets[follows]
        if itself.is_judged and itself.applies_to.binds(f"region:{code}", tuple(above[place + 1 :]), two_high=False):
            return itself, code
    return None


def _followed(case: Case, region: str) -> tuple[Target, str]:
    follows, law = case.target.follows or "", case.sums.law
    if follows not in law.targets:
        raise CannotRate(f"{case.target.id} looks at {follows!r}, which no plan has")
    above = case.around.records.regions_above(case.subject, case.day) or (region,)
    found = holder(law, follows, above)
    if found is None:
        raise CannotRate(f"{'、'.join(above)} 都没有目标 {follows},请先分解下达并载入")
    return found


def _points(target: Target, latest: Period) -> Iterator[Period]:
    """The region's points up to one, newest first, as far back as one still says where the region stands."""
    between = MONTHS_BETWEEN[target.cadence]
    newest = latest.year * MONTHS_OF_A_YEAR + latest.last - 1
    for back in range(between + MONTHS_LATE):
        year, month = divmod(newest - back, MONTHS_OF_A_YEAR)
        if (month + 1) % between == 0:
            yield Period(year, 1, month + 1)


def _decisive(judged: tuple[Assessment, ...]) -> Assessment:
    return next((one for one in judged if one.yardstick is Yardstick.FIVE_YEAR), judged[0])


def _words(found: Assessment, target: Target, code: str) -> str:
    done = show_percent(found.actual) if found.actual is not None else "?"
    due = show_percent(found.expected) if found.expected is not None else "?"
    state = "未达到" if found.severity else "达到"
    return f"地区 {code} {found.period.label_zh}“{target.zh}”{done},应达 {due},{state}进度要求"
