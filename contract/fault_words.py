"""What is wrong with a message, in Chinese: the one place of these words, whoever reads the message in."""

from collections.abc import Mapping, Sequence
from typing import Any


class Said(ValueError):
    """What is wrong, in both languages: the text is English, ``zh`` says the same."""

    def __init__(self, message: str, zh: str) -> None:
        self.zh = zh
        super().__init__(message)

    def said(self, language: str) -> str:
        """In Chinese (``zh``) or English."""
        return self.zh if language == "zh" else str(self)


_TIME = "须为带时区的日期时间，如 2025-07-15T09:30:00+08:00"
_DAY = "须为日期，如 2025-03-31"
_OBJECT = "须为对象，即 {{字段: 值}}"
_CHOICE = "只能是 {expected}"
_KIND = "每条名录须写明 kind（名录类别）"
_WHOLE = "须为整数，不加引号"
ZH = {
    "missing": "缺少这个必填字段",
    "extra_forbidden": "没有这个字段；请删去，或改正字段名",
    "string_type": "须为文本，请加引号",
    "string_too_short": "至少 {min_length} 个字符",
    "string_too_long": "至多 {max_length} 个字符",
    "enum": _CHOICE,
    "literal_error": _CHOICE,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "bool_type": "须为 true 或 false，不加引号",
    "greater_than_equal": "不得小于 {ge}",
    "less_than_equal": "不得大于 {le}",
    "timezone_aware": "时间须带时区，如 2025-07-15T09:30:00+08:00",
    "datetime_type": _TIME,
    "datetime_parsing": _TIME,
    "datetime_object_invalid": _TIME,
    "datetime_from_date_parsing": _TIME,
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "tuple_type": "须为列表，即 [值, 值]",
    "list_type": "须为列表，即 [值, 值]",
    "dict_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "too_short": "至少 {min_length} 项",
    "too_long": "至多 {max_length} 项",
    "json_invalid": "不是有效的 JSON，可能被截断或编码有误：{error}",
    "union_tag_invalid": "kind（名录类别）只能是 {expected_tags}",
    "union_tag_not_found": _KIND,
}
"""By the validator's name of the kind of fault."""
SHAPES = {
    r"^[0-9]{4}(-(0[1-9]|1[0-2]|Q[1-4]|H[12]))?$": "报告期请写 2025-03、2025-Q1、2025-H1 或 2025",
    r"^[A-Za-z0-9][A-Za-z0-9._:\-]{0,63}$": "编号只含字母、数字和 . _ : -，以字母或数字开头，至多 64 个字符",
    r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$": "须为指标编码，如 energy.raw_coal；见 planwatch plans indicators",
    r"^[0-9A-Z][0-9A-Z\-]{1,31}$": "须为地区代码，如 500101",
    r"^[A-Z]?\d{0,4}$": "须为行业代码(GB/T 4754)，如 3011",
}
"""What text of a fixed form must look like, by its pattern."""


def in_chinese(fault: Mapping[str, Any]) -> str:
    """A fault as the validator found it; what there are no words for keeps the validator's own after a Chinese lead."""
    context = fault.get("ctx", {})
    error = context.get("error")
    if isinstance(error, Said):
        return error.zh
    if fault["type"] == "string_pattern_mismatch" and context["pattern"] in SHAPES:
        return SHAPES[context["pattern"]]
    if words := ZH.get(fault["type"]):
        return words.format(**{name: _listed(name, value) for name, value in context.items()})
    return f"不符合要求：{fault['msg'].removeprefix('Value error, ')}"


def _listed(name: str, value: object) -> str:
    """What is allowed, as Chinese lists it."""
    text = str(value)
    return text.replace("', '", "、").replace("' or '", "、").replace("'", "") if name.startswith("expected") else text


def no_such_indicator(given: str, close: Sequence[str] = ()) -> str:
    """An indicator that is in no catalogue; ``close`` are those it may mean."""
    hint = f"，是否指 {'、'.join(close)}" if close else "；见 planwatch plans indicators"
    return f"指标目录中没有「{given}」{hint}"


def computed(name: str) -> str:
    """An indicator that the rules compute."""
    return f"「{name}」由其他数值算出，不直接报送；请报送其构成"


_KINDS = {"unit": "用能单位", "region": "地区", "project": "项目"}


def not_reported_by(name: str, kind: str, allowed: Sequence[str]) -> str:
    """An indicator that another kind of subject reports."""
    return f"「{name}」不由{_KINDS.get(kind, kind)}报送，由{'、'.join(_KINDS.get(one, one) for one in allowed)}报送"


def unfit_unit(name: str, unit: str, allowed: Sequence[str] = ()) -> str:
    """A unit of measure that the indicator cannot have."""
    return f"「{name}」不能用计量单位「{unit}」" + (f"；可用：{'、'.join(allowed)}" if allowed else "")
