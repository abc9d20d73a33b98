"""How values are said to people: levels in colour, figures with their units, yardsticks in words."""

from decimal import Decimal
from typing import Any

from rich.markup import escape

STYLE = {"green": "green", "yellow": "yellow", "orange": "dark_orange", "red": "bold red", None: "dim"}
YARDSTICK = {"annual": "年度", "five_year": "五年进度", "single": "—"}
STATUS = {"not_rated": "未评定", "exempt": "免予考核", "ended": "规划期结束"}
CAUSE = {
    "figures": "新数据",
    "correction": "更正",
    "registry": "名录变更",
    "plan": "规则变更",
    "related": "关联对象变化",
}
BEHIND = {
    "quality": "数据核查结果",
    "explanation": "对存疑数据的答复",
    "permit": "同一许可证的项目",
    "region": "所在地区的评估",
    "deadline": "报送期限已过",
    "hj212": "在线监测数据",
}
_COUNTED = {"reports": "份报告", "records": "条名录"}


def cause(kind: str, behind: str = "") -> str:
    """Why something was judged again, and what was behind it: reports, register entries, a law.

    >>> cause("correction", "A-2023-07-1"), cause("figures", "3 reports"), cause("related", "quality")
    ('更正:A-2023-07-1', '新数据:3 份报告', '关联对象变化:数据核查结果')
    """
    named = [_behind(one) for one in behind.split(", ")] if behind else []
    return ":".join(filter(None, (CAUSE.get(kind, kind), "、".join(named))))


def _behind(one: str) -> str:
    number, _, what = one.partition(" ")
    return f"{number} {_COUNTED[what]}" if what in _COUNTED else BEHIND.get(one, one)


def level(status: str, colour: str | None, label: str | None) -> str:
    """A level for the terminal; what is not rated is grey, never green."""
    if status != "rated":
        return f"[dim]{STATUS.get(status, status)}[/dim]"
    return f"[{STYLE.get(colour, 'dim')}]{escape(label or '')}[/]"


def figure(value: Decimal | None, unit: str = "", places: int = 4) -> str:
    """A figure for reading: thousands separated, no more than ``places`` decimals, its unit behind."""
    if value is None:
        return "—"
    rounded = round(value, places)
    text = f"{rounded:,.{places}f}".rstrip("0").rstrip(".")
    return f"{text}{'' if unit == '%' else ' '}{unit}".strip()


def period(row: dict[str, Any]) -> str:
    """The period of a row with period_start and months."""
    from planwatch.contract.period import Period

    return Period.from_start(row["period_start"], row["months"]).label
