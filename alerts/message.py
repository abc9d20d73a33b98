"""What people are told about one change of a warning: fixed when the change is made, in both languages."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta, timezone
from decimal import ROUND_DOWN, Decimal
from typing import Any
from urllib.parse import urlencode

from planwatch.alerts.words import (
    CAUSE_EN,
    CAUSE_ZH,
    compared_en,
    compared_zh,
    level_en,
    level_zh,
    period_en,
    rounded,
    with_unit_en,
    with_unit_zh,
)
from planwatch.contract.assessment import Assessment, Status
from planwatch.contract.plan import Reference, Target, Yardstick
from planwatch.contract.warning import Change, ChangeKind, EarlyWarning

DASHBOARD = "/d/planwatch-barometer"
"""Where a level history is shown; a link is this with the target, subject and time of a warning as its query."""
_SHANGHAI = timezone(timedelta(hours=8))  # no daylight saving since 1991; plans begin later
SHOWN_PROJECTS = 10
_ASKING = (ChangeKind.RAISED, ChangeKind.ESCALATED, ChangeKind.EASED)


def facts(  # noqa: PLR0917 - six things a message is made of, each of another kind
    change: Change,
    warning: EarlyWarning,
    assessment: Assessment,
    target: Target,
    subject_name: str,
    region_name: str,
    *,
    concerned: Sequence[str] = (),
) -> dict[str, Any]:
    """All a message needs, ready for JSON. ``assessment`` is what now stands for the period of the change.

    ``concerned`` names the projects of a region of which the clause asks something.

    ``region_name`` is the region the subject lies in ('' if none is registered). Figures are decimal text with units.
    ``coverage`` says how much of a sum over members is there; None for the subject's own figure.
    """
    place = f"{region_name} {subject_name}" if region_name and region_name != subject_name else subject_name
    about = f"{place} {_without_place(target.zh, subject_name)}"
    is_region = change.key.subject.startswith("region:")
    text_zh = _text_zh(about, change, assessment, target) + _concerned_zh(change, target, concerned)
    return {
        "title": {
            "zh": f"{about}{_by_zh(change)}：{_news_zh(change)}",
            "en": f"{place}, {target.en}{_by_en(change)}: {_news_en(change)}",
        },
        "text": {"zh": text_zh, "en": _text_en(place, change, assessment, target)},
        "period": {"label": change.period.label, "zh": change.period.label_zh, "en": period_en(change.period)},
        "subject": {"id": change.key.subject, "name": subject_name},
        "region": subject_name if is_region else region_name,
        "target": {"id": target.id, "zh": target.zh, "en": target.en},
        "figures": _figures(assessment),
        "coverage": _coverage(assessment),
        "formula": assessment.formula,
        "reason": assessment.reason,
        "better": assessment.better,
        "clause": _clause(target.reference),
        "departments": list(target.departments),
        "concerned": list(concerned),
        "asks": target.asks if _is_asked(change, target) else None,
        "cause": {"code": change.cause.value, "zh": CAUSE_ZH[change.cause], "en": CAUSE_EN[change.cause]},
        "notice": {"zh": _notice_zh(change), "en": _notice_en(change)},
        "link": _link(change, warning),
    }


def _without_place(zh: str, subject_name: str) -> str:
    """A target's name without the region it begins with, which is said already: 重庆市 重庆单位… → 重庆市 单位…."""
    stem = subject_name.rstrip("省市区县")
    return zh.removeprefix(stem) if len(stem) > 1 else zh


def _by_zh(change: Change) -> str:
    """By which yardstick, where a target has two: a person told of both must be able to tell them apart."""
    return {Yardstick.ANNUAL: "（年度）", Yardstick.FIVE_YEAR: "（五年进度）"}.get(change.key.yardstick, "")


def _by_en(change: Change) -> str:
    return {Yardstick.ANNUAL: " (annual)", Yardstick.FIVE_YEAR: " (five-year)"}.get(change.key.yardstick, "")


def _news_zh(change: Change) -> str:
    if change.kind is ChangeKind.WITHDRAWN:
        return "预警撤回"
    if change.kind is ChangeKind.CLEARED:
        return "预警解除"
    if change.kind is ChangeKind.RESTATED:
        return f"更正{change.period.label_zh}等级为{_now_zh(change)}"
    verb = {ChangeKind.RAISED: "", ChangeKind.ESCALATED: "升为", ChangeKind.EASED: "降为"}[change.kind]
    return f"{verb}{level_zh(change.after)}" if change.after else verb


def _news_en(change: Change) -> str:
    if change.kind in (ChangeKind.WITHDRAWN, ChangeKind.CLEARED):
        return f"warning {change.kind}"
    if change.kind is ChangeKind.RESTATED:
        return f"level of {period_en(change.period)} corrected to {_now_en(change)}"
    return f"{change.kind} to {level_en(change.after)}" if change.after else change.kind.value


def _now_zh(change: Change) -> str:
    """The level that stands of a period whose level was told otherwise."""
    return level_zh(change.after) if change.after else "未评定或免予考核"


def _now_en(change: Change) -> str:
    return level_en(change.after) if change.after else "not rated or exempt"


def _moved_zh(change: Change, assessment: Assessment) -> str:
    """预警等级由三级预警（绿色）升为二级预警（黄色）."""
    before = f"由{level_zh(change.before)}" if change.before else ""
    after = level_zh(change.after) if change.after else ""
    if change.kind is ChangeKind.WITHDRAWN:
        return f"此前发出的“{level_zh(change.before)}”撤回" if change.before else "预警撤回"
    if change.kind is ChangeKind.CLEARED:
        if after:
            return f"{before}恢复为{after}，预警解除"
        return f"{before}{'随规划期结束' if assessment.status is Status.ENDED else '改为免予考核'}，预警解除"
    if change.kind is ChangeKind.RAISED and not change.before:
        return f"发出预警，等级为{after}"
    if change.kind is ChangeKind.RESTATED:
        return f"此前通报的“{level_zh(change.before)}”更正为“{_now_zh(change)}”" if change.before else "此前通报更正"
    return f"预警等级{before}{'降' if change.kind is ChangeKind.EASED else '升'}为{after}"


def _moved_en(change: Change, assessment: Assessment) -> str:
    before = f" from {level_en(change.before)}" if change.before else ""
    after = f" to {level_en(change.after)}" if change.after else ""
    if change.kind is ChangeKind.WITHDRAWN:
        return f"the warning ({level_en(change.before)}) is withdrawn" if change.before else "the warning is withdrawn"
    if change.kind is ChangeKind.CLEARED:
        why = " (the plan ended)" if assessment.status is Status.ENDED else " (now exempt)"
        return f"the warning is cleared{before}{after or why}"
    if change.kind is ChangeKind.RESTATED:
        return f"the level told before is corrected{before} to {_now_en(change)}"
    return f"the warning is {change.kind}{before}{after}"


def _notice_zh(change: Change) -> str:
    """What a correction means for those who were told before; '' for news."""
    if change.kind is ChangeKind.WITHDRAWN:
        return f"因{CAUSE_ZH[change.cause]}，此前通知已撤回。"
    if not change.corrected:
        return ""
    return f"因{CAUSE_ZH[change.cause]}，" + ("此前通知已更正。" if change.number > 1 else "对已过期间补发通知。")


def _notice_en(change: Change) -> str:
    if change.kind is ChangeKind.WITHDRAWN:
        return f"Because of {CAUSE_EN[change.cause]}, what was said before is withdrawn."
    if not change.corrected:
        return ""
    what = "what was said before is corrected" if change.number > 1 else "this is said about a past period"
    return f"Because of {CAUSE_EN[change.cause]}, {what}."


def _text_zh(about: str, change: Change, assessment: Assessment, target: Target) -> str:
    figures = compared_zh(target, assessment) + _covered_zh(assessment)
    happened = f"{about}：{change.period.label_zh}{figures}，{_moved_zh(change, assessment)}。"
    reference = target.reference
    where = "，".join(part for part in (reference.number, reference.section) if part)
    basis = f"依据《{reference.document}》（{where}）：“{reference.quote}”。"
    return happened + _notice_zh(change) + basis + _asks_zh(change, target)


def _is_asked(change: Change, target: Target) -> bool:
    """Whether the clause asks for anything at the level that now stands."""
    return change.kind in _ASKING and change.after is not None and change.after.severity >= target.asks_from


def _asks_zh(change: Change, target: Target) -> str:
    if not _is_asked(change, target):
        return ""
    who = "、".join(target.departments)
    if target.asks is None:
        return f"责任部门：{who}。" if who else ""
    return f"请{who}{target.asks.removeprefix('请').rstrip('。')}。"


def _concerned_zh(change: Change, target: Target, concerned: Sequence[str]) -> str:
    """涉及“两高”项目3个:甲、乙、丙; the first ten by name, because a message is read on a telephone."""
    if not concerned or not _is_asked(change, target):
        return ""
    more = "等" if len(concerned) > SHOWN_PROJECTS else ""
    return f"涉及“两高”项目{len(concerned)}个：{'、'.join(concerned[:SHOWN_PROJECTS])}{more}。"


def _text_en(place: str, change: Change, assessment: Assessment, target: Target) -> str:
    figures = compared_en(target, assessment) + _covered_en(assessment)
    happened = f"{place}, {target.en}: {period_en(change.period)}: {figures}; {_moved_en(change, assessment)}."
    reference = target.reference
    where = ", ".join(part for part in (reference.number, reference.section) if part)
    basis = f"Basis: {reference.document} ({where}): “{reference.quote}”."
    return " ".join(part for part in (happened, _notice_en(change), basis) if part)


def _figures(assessment: Assessment) -> list[dict[str, str]]:
    named = (
        ("actual", "实际", "actual", assessment.actual),
        ("expected", "要求", "required", assessment.expected),
    )
    return [
        {"key": key, **_figure(zh, en, amount, assessment.unit)} for key, zh, en, amount in named if amount is not None
    ]


def _figure(zh: str, en: str, amount: Decimal, unit: str) -> dict[str, str]:
    text = rounded(amount, 4)
    return {
        "value": format(amount, "f"),
        "unit": unit,
        "zh": f"{zh}{with_unit_zh(text, unit)}",
        "en": f"{en} {with_unit_en(text, unit)}",
    }


def _coverage(assessment: Assessment) -> dict[str, str | int | None] | None:
    """The share of what was expected in a sum, in per cent, and how many members have all their months."""
    if assessment.coverage is None:
        return None
    there, sources, share = assessment.sources_there, assessment.sources, _share(assessment.coverage)
    words = {"zh": f"覆盖率{share}%（{there}/{sources}家）", "en": f"coverage {share} % ({there} of {sources})"}
    return {"percent": format(assessment.coverage, "f"), "there": there, "sources": sources, **words}


def _share(coverage: Decimal) -> str:
    """With two decimals at most, never rounded up: 100 is all of it."""
    return f"{coverage.quantize(Decimal('0.01'), ROUND_DOWN):f}".rstrip("0").rstrip(".")


def _covered_zh(assessment: Assessment) -> str:
    """，覆盖率97.2%（35/36家）, where a sum over members lacks something."""
    covered = _coverage(assessment)
    return f"，{covered['zh']}" if covered and _lacks(assessment) else ""


def _covered_en(assessment: Assessment) -> str:
    covered = _coverage(assessment)
    return f", {covered['en']}" if covered and _lacks(assessment) else ""


def _lacks(assessment: Assessment) -> bool:
    return assessment.sources_there != assessment.sources


def _clause(reference: Reference) -> dict[str, str | None]:
    return {
        "document": reference.document,
        "number": reference.number,
        "section": reference.section,
        "issuer": reference.issuer,
        "issued": reference.issued.isoformat(),
        "quote": reference.quote,
    }


def _link(change: Change, warning: EarlyWarning) -> str:
    """Path and query of the dashboard panel, from the year the warning began in to the end of the period."""
    begins = datetime.combine(warning.first.start.replace(month=1), time(), _SHANGHAI)
    ends = datetime.combine(change.period.after, time(), _SHANGHAI)
    query = {
        "var-target": change.key.target,
        "var-subject": change.key.subject,
        "from": int(begins.timestamp() * 1000),
        "to": int(ends.timestamp() * 1000),
    }
    return f"{DASHBOARD}?{urlencode(query)}"
