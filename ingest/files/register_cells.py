"""Cells of a register table to values: text, days, figures, words in Chinese, lists; or what is wrong with them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default_of
from datetime import date

MORE, PART = ";", "|"
"""What separates the entries of one cell, and the parts of one entry; the full-width forms count as well."""
_FULL_WIDTH = str.maketrans({"\uff1b": MORE, "\uff5c": PART, "\uff1d": "="})
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(T00:00:00)?")
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
_YES = {"是": True, "true": True, "1": True, "yes": True, "否": False, "false": False, "0": False, "no": False}

Value = object
Read = Callable[[str], Value]


class CellFault(Exception):
    """What is wrong with a cell, in words that help to mend it."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the path of the field it fills, its Chinese header, how cells are read, and what it is for."""

    path: str
    zh: str
    says: str
    read: Read = default_of(default=lambda text: text)
    required: bool = False
    example: str = ""


def day(text: str) -> str:
    """A day: 2024-03-01, 2024/3/1 or 2024年3月1日."""
    found = _DAY.fullmatch(text)
    try:
        return date(*map(int, found.groups()[:3])).isoformat() if found else date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise CellFault(f"不是日期,请写成 2024-03-01 (given: {text!r})") from error


def figure(text: str) -> str:
    """A decimal figure; thousands separators are taken out where they stand in their places."""
    return text.replace(",", "") if _GROUPED.fullmatch(text) else text


def whole(text: str) -> int:
    """A whole number."""
    if not (text.isascii() and text.isdigit()):
        raise CellFault(f"不是整数 (given: {text!r})")
    return int(text)


def yes_no(text: str) -> bool:
    """是 or 否."""
    if text.lower() not in _YES:
        raise CellFault(f"请写 是 或 否 (given: {text!r})")
    return _YES[text.lower()]


def choice(words: Mapping[str, str]) -> Read:
    """One of some words in Chinese, or the value itself."""

    def read(text: str) -> str:
        if text in words:
            return words[text]
        if text in words.values():
            return text
        raise CellFault(f"只能是 {'、'.join(words)} (given: {text!r})")

    return read


def entries(read: Read) -> Read:
    """A list of words: separated by semicolons or 、."""
    return lambda text: [read(one.strip()) for one in _split(text.replace("、", MORE)) if one.strip()]


def pairs(text: str) -> dict[str, str]:
    """Names with values: institution=hospital; facility=data_centre."""
    found: dict[str, str] = {}
    for one in _split(text):
        name, sign, value = (part.strip() for part in one.partition("="))
        if not one.strip():
            continue
        if not (name and sign and value):
            raise CellFault(f"请写成 名称=值; 名称=值 (given: {one.strip()!r})")
        found[name] = value
    return found


def rows(*parts: tuple[str, Read]) -> Read:
    """A list of entries, each of parts in a fixed order: 来源|吨标准煤; 来源|吨标准煤. Last parts may be left out."""
    names = PART.join(name for name, _ in parts)

    def read(text: str) -> list[dict[str, Value]]:
        found: list[dict[str, Value]] = []
        faults: list[str] = []
        for one in _split(text):
            cells = [cell.strip() for cell in one.split(PART)]
            if len(cells) > len(parts):
                faults.append(f"每条最多 {len(parts)} 项:{names} (given: {one.strip()!r})")
            elif any(cells):
                found.append(_entry(parts, cells, faults))
        if faults:
            raise CellFault("; ".join(faults))
        return found

    return read


def _entry(parts: Sequence[tuple[str, Read]], cells: Sequence[str], faults: list[str]) -> dict[str, Value]:
    """One entry of a list; what is wrong with its parts is added to the faults."""
    entry: dict[str, Value] = {}
    for (name, how), cell in zip(parts, cells, strict=False):
        try:
            entry |= {name: how(cell)} if cell else {}
        except CellFault as fault:
            faults.append(f"{name}: {fault}")
    return entry


def _split(text: str) -> list[str]:
    return text.translate(_FULL_WIDTH).split(MORE)
