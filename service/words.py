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
