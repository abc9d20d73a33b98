"""How levels look: colours for states, words taken from the data, and grey for everything that has no level."""

from collections.abc import Mapping, Sequence

from grafana_foundation_sdk.builders.dashboard import ThresholdsConfig
from grafana_foundation_sdk.models.dashboard import (
    DashboardRegexMapOptions,
    DashboardSpecialValueMapOptions,
    DynamicConfigValue,
    GridPos,
    RegexMap,
    SpecialValueMap,
    SpecialValueMatch,
    Threshold,
    ThresholdsMode,
    ValueMap,
    ValueMapping,
    ValueMappingResult,
)

GREY = "#8e8e8e"
LIGHT_GREY = "#b5b5b5"
STATE_COLOURS: Mapping[str, str] = {
    "green": "green",
    "yellow": "yellow",
    "orange": "orange",
    "red": "red",
    "not_rated": GREY,
    "exempt": LIGHT_GREY,
    "ended": LIGHT_GREY,
}
"""Every state a judgement can show, with its colour. Only a level that is green is green."""
CHANGES: Mapping[str, tuple[str, str]] = {
    "raised": ("发布", "orange"),
    "escalated": ("升级", "red"),
    "eased": ("缓和", "yellow"),
    "cleared": ("解除", "blue"),
    "withdrawn": ("撤回", GREY),
    "restated": ("更正", "blue"),
}
"""Every kind of change of a warning, with its word and its colour."""


def box(x: int, y: int, width: int, height: int) -> GridPos:
    """Where a panel stands on the grid of 24 columns."""
    return GridPos(h=height, w=width, x=x, y=y)


def state_mappings() -> list[ValueMapping]:
    """Cells say «state words»: the state becomes the colour, the words stay; an empty cell binds nobody."""
    mappings: list[ValueMapping] = [
        RegexMap(
            DashboardRegexMapOptions(
                pattern=f"/^{state} (.*)$/", result=ValueMappingResult(text="$1", color=colour, index=index)
            )
        )
        for index, (state, colour) in enumerate(STATE_COLOURS.items())
    ]
    empty = ValueMappingResult(text="—", color="transparent", index=len(mappings))
    mappings.append(SpecialValueMap(DashboardSpecialValueMapOptions(match=SpecialValueMatch.EMPTY, result=empty)))
    return mappings


def words(texts: Mapping[str, tuple[str, str]]) -> list[ValueMapping]:
    """Mappings of exact values to (text, colour)."""
    return [
        ValueMap(
            {
                value: ValueMappingResult(text=text, color=colour, index=index)
                for index, (value, (text, colour)) in enumerate(texts.items())
            }
        )
    ]


def steps(*bounds: tuple[float | None, str]) -> ThresholdsConfig:
    """Colours from (lower bound, colour); the first bound is None and must be neutral, never green."""
    return (
        ThresholdsConfig()
        .mode(ThresholdsMode.ABSOLUTE)
        .steps([Threshold(value=bound, color=colour) for bound, colour in bounds])
    )


def coloured_cells() -> list[DynamicConfigValue]:
    """Properties of a column whose cells are filled with the colour of their state."""
    return [
        DynamicConfigValue("custom.cellOptions", {"type": "color-background", "mode": "basic"}),
        DynamicConfigValue("mappings", state_mappings()),
    ]


def coloured_words(width: int, texts: Mapping[str, tuple[str, str]]) -> list[DynamicConfigValue]:
    """Properties of a column of known values, shown as words in their colours."""
    return [
        *wide(width),
        DynamicConfigValue("custom.cellOptions", {"type": "color-text"}),
        DynamicConfigValue("mappings", words(texts)),
    ]


def wide(width: int) -> list[DynamicConfigValue]:
    """Properties of a column of fixed width."""
    return [DynamicConfigValue("custom.width", width)]


def figures(width: int) -> list[DynamicConfigValue]:
    """Properties of a column of figures: thousands set apart, at most three decimals."""
    return [*wide(width), DynamicConfigValue("unit", "locale")]


def moments() -> list[DynamicConfigValue]:
    """Properties of a column of times: to the minute, for milliseconds would push the minutes out of sight."""
    return [*wide(135), DynamicConfigValue("unit", "time:YYYY-MM-DD HH:mm")]


def prose(at_least: int) -> list[DynamicConfigValue]:
    """Properties of a column of sentences, which wrap and share what width the columns of fixed width leave.

    Of the two ways to say that they wrap Grafana 12.0 reads the first, 12.4 the second.
    """
    return [
        DynamicConfigValue("custom.minWidth", at_least),
        DynamicConfigValue("custom.cellOptions", {"type": "auto", "wrapText": True}),
        DynamicConfigValue("custom.wrapText", True),
    ]


def hidden() -> list[DynamicConfigValue]:
    """Properties of a column that only feeds links. Grafana 12.0 reads the first form, 12.4 the second."""
    return [
        DynamicConfigValue("custom.hidden", True),
        DynamicConfigValue("custom.hideFrom", {"legend": False, "tooltip": False, "viz": True}),
    ]


def drawn_in(colour: str) -> list[DynamicConfigValue]:
    """Properties of one series whose colour means something."""
    return [DynamicConfigValue("color", {"mode": "fixed", "fixedColor": colour})]


def coloured_from(bounds: Sequence[tuple[float | None, str]]) -> list[DynamicConfigValue]:
    """Properties of one figure that is coloured by thresholds of its own."""
    return [DynamicConfigValue("thresholds", steps(*bounds).build())]
