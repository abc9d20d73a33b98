"""What is looked at across the rows of a register table, and against what is known outside it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from planwatch.contract.industry import Industries
from planwatch.contract.registry import MeasuredFactor, RegionRecord, TwoHighProjectRecord, UnitRecord
from planwatch.ingest.files.register_kinds import Records
from planwatch.ingest.files.register_table import RegisterTable, records_of

FaultOfFactor = Callable[[MeasuredFactor], str]
"""What is wrong with a measured factor, with the range permitted; empty if nothing is."""
Standing = Mapping[tuple[str, date], Records]
"""The records that stand, by id and first day."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What a table is held against: regions and industries that exist, permitted factors, the records that stand."""

    regions: frozenset[str]
    industries: Industries
    fault_of_factor: FaultOfFactor
    standing: Standing


def check_register(found: RegisterTable, outside: Outside) -> None:
    """Add every fault that shows only beside other rows, or beside what is known already."""
    own = {str(body.get("id")) for _, body in found.bodies} if found.kind.model is RegionRecord else set()
    for row, body in found.bodies:
        _check_days(found, row, body)
        _check_regions(found, row, body, outside.regions | own)
        if (industry := body.get("industry")) and (wrong := outside.industries.fault(industry)):
            found.fault(row, "industry", wrong)
    codes: dict[str, tuple[int, str]] = {}
    for row, record in records_of(found):
        _check_revision(found, row, record, outside.standing)
        if isinstance(record, UnitRecord):
            _check_code(found, row, record, codes)
            _check_factors(found, row, record, outside.fault_of_factor)
        if isinstance(record, TwoHighProjectRecord):
            _check_amounts(found, row, record)
    _check_circles(found, outside.standing)
    found.faults.sort()


def _check_days(found: RegisterTable, row: int, body: Mapping[str, Any]) -> None:
    first, last = body.get("valid_from"), body.get("valid_to")
    if first and last and last < first:
        found.fault(row, "valid_to", f"失效日期 {last} 早于生效日期 {first}")


def _check_regions(found: RegisterTable, row: int, body: Mapping[str, Any], regions: frozenset[str]) -> None:
    named = [(path, body.get(path)) for path in ("region", "parent", "merged_into")]
    for path, code in (*named, *(("regions", code) for code in body.get("regions", ()))):
        if code and code not in regions:
            found.fault(row, path, f"没有登记的地区代码 {code};先用 --kind regions 登记,代码不按名称猜测")


def _check_revision(found: RegisterTable, row: int, record: Records, standing: Standing) -> None:
    """A record with a lower revision than the one that stands would be taken and change nothing: say so."""
    before = standing.get((record.id, record.valid_from))
    if before is not None and record.revision < before.revision:
        message = f"已有修订号 {before.revision} 的记录;要更正请写 {before.revision + 1} (given: {record.revision})"
        found.fault(row, "revision", message)


def _check_amounts(found: RegisterTable, row: int, project: TwoHighProjectRecord) -> None:
    """Energy and capacity of a project cannot be below zero."""
    for path, amount in (("reviewed_tce", project.reviewed_tce), ("capacity", project.capacity)):
        if amount is not None and amount < 0:
            found.fault(row, path, f"不得小于 0 (given: {amount})")


def _check_circles(found: RegisterTable, standing: Standing) -> None:
    """A region that lies in itself, over however many others, would be in no sum at all."""
    rows = [(row, record) for row, record in records_of(found) if isinstance(record, RegionRecord)]
    known = [record for _, record in sorted(standing.items(), key=lambda one: one[0][1])]
    parents = {one.id: one.parent for one in known if isinstance(one, RegionRecord)}
    parents |= {record.id: record.parent for _, record in rows}
    for row, record in rows:
        above = [record.id]
        while (parent := parents.get(above[-1])) is not None and parent not in above:
            above.append(parent)
        if parent == record.id:
            found.fault(row, "parent", f"上级成环:{' → '.join((*above, parent))}")


def _check_code(found: RegisterTable, row: int, unit: UnitRecord, codes: dict[str, tuple[int, str]]) -> None:
    if unit.credit_code is None:
        return
    first, owner = codes.setdefault(unit.credit_code, (row, unit.id))
    if owner != unit.id:
        found.fault(row, "credit_code", f"与第 {first} 行的 {owner} 相同,一个信用代码只能属于一个单位")


def _check_factors(found: RegisterTable, row: int, unit: UnitRecord, fault_of: FaultOfFactor) -> None:
    for factor in unit.measured_factors:
        if wrong := fault_of(factor):
            found.fault(row, "measured_factors", wrong)
    ordered = sorted(unit.measured_factors, key=lambda one: (one.energy_kind, one.valid_from))
    for one, other in pairwise(ordered):
        if one.energy_kind == other.energy_kind and one.holds_on(other.valid_from):
            message = f"{one.energy_kind} 自 {one.valid_from} 与自 {other.valid_from} 的实测系数时间重叠,请写截止日"
            found.fault(row, "measured_factors", message)
