"""Units of measure a table says itself, in its header or above it, against those of the mapping: 万吨 is not 吨."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from planwatch.contract.catalogue import Catalogue, UnitOfMeasure
from planwatch.contract.mapping import Mapping
from planwatch.ingest.files.spoken import plain

_IN_BRACKETS = re.compile(r"[(\[【（]\s*(?:单位[:：]\s*)?([^()（）\[\]【】]+?)\s*[)\]】）]\s*$")
_ABOVE = re.compile(r"单位\s*[:：]\s*([^\s()（）]+)")
_BETWEEN = re.compile(r"[、，,;；]")
Fault = tuple[int | None, str]
"""Row number, None for the header; and what is wrong."""


def unit_faults(mapping: Mapping, above: Sequence[tuple[int, str]], catalogue: Catalogue) -> list[Fault]:
    """Where the table says another unit than the mapping takes its figures for; both times the scale."""
    symbols = {symbol: unit for unit in catalogue.units for symbol in (unit.symbol, *unit.aliases)}
    faults: list[Fault] = []
    for column, unit, scale in _meant(mapping):
        said = _IN_BRACKETS.search(column)
        known = symbols.get(said[1]) or symbols.get(plain(said[1])) if said else None
        if known is None or said is None:
            continue
        if unit is None:
            faults.append((None, f"「{column}」列的表头写了单位{said[1]}，计量单位又在另一列；请只保留一处"))
        elif not _same(known, symbols[unit], scale):
            why = f"表头的单位是{said[1]}，映射按{_words(unit, scale)}读取；请改正映射的 unit 或 scale"
            faults.append((None, f"「{column}」列{why} (unit in the header differs from the mapping)"))
    return faults + list(_faults_above(mapping, above, symbols))


def _faults_above(
    mapping: Mapping, above: Sequence[tuple[int, str]], symbols: dict[str, UnitOfMeasure]
) -> Iterator[Fault]:
    """«单位：万吨» over a table speaks for every column of that dimension whose own header says nothing."""
    for number, text in above:
        found = _ABOVE.search(text)
        said = [symbols[one] for one in _BETWEEN.split(found[1]) if one in symbols] if found else []
        for column, unit, scale in _meant(mapping) if said else ():
            if unit is None or _IN_BRACKETS.search(column):
                continue
            alike = [one for one in said if one.dimension == symbols[unit].dimension]
            if alike and not any(_same(one, symbols[unit], scale) for one in alike):
                words = "、".join(one.symbol for one in alike)
                why = f"表头以上写明单位为{words}，映射把「{column}」列按{_words(unit, scale)}读取；请改正映射"
                yield number, f"{why} (unit above the table differs from the mapping)"


def _meant(mapping: Mapping) -> Iterator[tuple[str, str | None, Decimal | None]]:
    """Each column of figures with the unit and scale the mapping gives it; None where another column says the unit."""
    meant = mapping.reports
    if meant is None:
        return
    for reading in meant.readings:
        for column in reading.columns:
            yield column, reading.unit, reading.scale
    if meant.long is not None:
        for rule in meant.long.rules:
            if rule.set_aside is None:
                yield meant.long.value, rule.unit or (meant.long.unit.constant if meant.long.unit else None), rule.scale


def _same(said: UnitOfMeasure, meant: UnitOfMeasure, scale: Decimal | None) -> bool:
    return said.dimension == meant.dimension and said.factor == meant.factor * (1 if scale is None else scale)


def _words(unit: str, scale: Decimal | None) -> str:
    return unit if scale is None else f"{scale}×{unit}"
