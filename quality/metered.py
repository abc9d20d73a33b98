"""What stands behind a month gathered from instruments: days against the month, completeness, time labels, flags."""

from collections.abc import Callable, Iterator
from functools import partial

from planwatch.contract.figures import Figure
from planwatch.contract.quality import Finding, MeterMonth, RestsOn, Rule
from planwatch.quality.case import Case
from planwatch.quality.numbers import HUNDRED, percent, show
from planwatch.quality.rulebook import Limits

Said = Callable[[Case, MeterMonth, Figure | None, Limits], str | None]


def daily(case: Case, month: MeterMonth, figure: Figure | None, limits: Limits) -> str | None:
    """Q14: the days add up to the month within 5 % (methodology §4, §7: platform practice)."""
    if figure is None or (not month.total and not figure.amount):
        return None
    if month.total and abs(percent(figure.amount, month.total)) <= limits["percent"]:
        return None
    shown = partial(case.shown, month.indicator, month.period)
    apart = f"{percent(figure.amount, month.total):+.1f}%" if month.total else "日数据合计为 0"
    return (
        f"月报 {shown(figure.amount)},日数据合计 {shown(month.total)} {case.unit(month.indicator, month.period)},"
        f"相差 {apart}(允许 ±{show(limits['percent'])}%)"
    )


def completeness(case: Case, month: MeterMonth, figure: Figure | None, limits: Limits) -> str | None:
    """Q15: at least 90 % of the points expected have arrived (methodology §4, §7)."""
    if month.expected <= 0 or month.received * HUNDRED >= month.expected * limits["percent"]:
        return None
    return f"应到 {month.expected} 点,实到 {month.received} 点,低于 {show(limits['percent'])}%"


def time_label(case: Case, month: MeterMonth, figure: Figure | None, limits: Limits) -> str | None:
    """Q16: time labels are the starts of periods, within a minute for days (methodology §4, §7)."""
    if not month.mislabelled or month.skew_seconds <= limits["seconds"]:
        return None
    return (
        f"{month.mislabelled} 点的时间标签不是时段起点,最大偏差 {month.skew_seconds} 秒"
        f"(允许 {show(limits['seconds'])} 秒)"
    )


def pollutant_flags(case: Case, month: MeterMonth, figure: Figure | None, limits: Limits) -> str | None:
    """Q17: over 25 % of values with a flag other than N, or an amount discharged at zero flow (methodology §5, §7)."""
    said = []
    if month.received and month.not_normal * HUNDRED > month.received * limits["percent"]:
        said.append(f"{month.received} 点中 {month.not_normal} 点标记不是 N,超过 {show(limits['percent'])}%")
    if month.flowless:
        said.append(f"{month.flowless} 点流量为零而有排放量")
    return ";".join(said) or None


CHECKS: tuple[tuple[Rule, Said], ...] = (
    (Rule.DAILY, daily),
    (Rule.COMPLETENESS, completeness),
    (Rule.TIME_LABEL, time_label),
    (Rule.POLLUTANT_FLAGS, pollutant_flags),
)


def metered(case: Case) -> Iterator[Finding]:
    """Q14 to Q17 for every month that was gathered."""
    for month in case.evidence.metered:
        if month.subject != case.subject:
            continue
        figure = case.figures.at(case.subject, month.indicator, month.period)
        for rule, check in CHECKS:
            limits = case.limits(rule, month.indicator, month.period)
            said = check(case, month, figure, limits) if limits else None
            if limits and said:
                message = f"{month.period.label_zh}{case.book.name(month.indicator)}:{said}"
                yield Finding(
                    rule,
                    case.subject,
                    month.indicator,
                    month.period,
                    limits.outcome,
                    message,
                    _rests(month, figure),
                    limits.rows,
                )


def _rests(month: MeterMonth, figure: Figure | None) -> tuple[RestsOn, ...]:
    """The month's figure, and the sum of days under a name of its own, so that new days open the finding again."""
    days = RestsOn(f"{month.indicator}@days", month.period, month.total)
    return (RestsOn.of(figure), days) if figure else (days,)
