"""The wide form: one row is one report, its columns are readings."""

from collections.abc import Mapping as Cells
from collections.abc import Sequence
from decimal import Decimal

from planwatch.contract.mapping import Balance, ReportRows, WideReading
from planwatch.contract.report import Flag
from planwatch.ingest.files.account import RowFault
from planwatch.ingest.files.figures import EXACT, MISSING, Stated, checked, exact, number_in, total
from planwatch.ingest.files.statement import Part


def parts_of(rows: ReportRows, cells: Cells[str, str], missing: Sequence[str]) -> tuple[Part, ...]:
    """All readings of a row; one without a value where its cells are missing. Raises RowFault with all faults found."""
    stated: dict[str, Stated] = {}
    faults: list[RowFault] = []
    for reading in rows.readings:
        try:
            stated[reading.indicator] = _stated(reading, cells, missing)
        except RowFault as fault:
            faults.append(fault)
    if faults:
        raise RowFault(faults[0].reason, "; ".join(fault.detail for fault in faults))
    for balance in rows.balances:
        _weigh(balance, stated, cells, missing)
    return tuple(Part(reading.indicator, reading.unit, stated[reading.indicator]) for reading in rows.readings)


def _stated(reading: WideReading, cells: Cells[str, str], missing: Sequence[str]) -> Stated:
    values = {column: number_in(cells, column, missing, reading.unit) for column in reading.columns}
    known = {column: value for column, value in values.items() if value is not None}
    stated = checked(known, reading.checks, cells, missing)
    if stated.value is None:
        return MISSING
    absent = [column for column, value in values.items() if value is None]
    if absent:
        stated = stated.marked(Flag.SUSPECT, f"{', '.join(absent)} missing in the sum")
    if reading.note:
        stated = Stated(stated.value, stated.flag, (*stated.notes, reading.note))
    return Stated(exact(scaled(total(known.values()), reading.scale), " + ".join(known)), stated.flag, stated.notes)


def scaled(value: Decimal, scale: Decimal | None) -> Decimal:
    """The value times the factor of the mapping, exactly."""
    return value if scale is None else EXACT.multiply(value, scale)


def _weigh(balance: Balance, stated: dict[str, Stated], cells: Cells[str, str], missing: Sequence[str]) -> None:
    """Mark the readings of a balance that does not hold; a missing cell weighs nothing."""
    into, out = (
        total(number_in(cells, column, missing) or Decimal(0) for column in columns)
        for columns in (balance.inputs, balance.outputs)
    )
    if out * 100 <= into * (100 + balance.tolerance_percent):
        return
    for indicator in balance.marks:
        if indicator in stated and stated[indicator].value is not None:
            stated[indicator] = stated[indicator].marked(Flag.SUSPECT, balance.note)
