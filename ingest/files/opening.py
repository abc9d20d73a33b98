"""Opening a table for a mapping: the header it needs, and what around the rows must be accounted for."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from planwatch.contract.catalogue import Catalogue
from planwatch.contract.errors import InvalidDocument
from planwatch.contract.mapping import Mapping
from planwatch.ingest.files.account import Account
from planwatch.ingest.files.columns import columns_of, missing_columns
from planwatch.ingest.files.readers import Row, Table, table
from planwatch.ingest.files.units_said import unit_faults

ABOVE = "表头以上的文字 above the header"


@contextmanager
def opened_rows(
    path: Path, mapping: Mapping, account: Account, catalogue: Catalogue | None = None
) -> Iterator[Iterator[Row]]:
    """The rows of a file below the header a mapping needs; what stands above it and beside it is put into the account.

    Raises InvalidDocument where a column is missing, or where the table says another unit of measure than the mapping.
    """
    wanted = columns_of(mapping)
    with table(path, delimiter=mapping.delimiter, sheet=mapping.sheet, wanted=wanted) as opened:
        number = opened.header
        if absent := missing_columns(mapping, opened.columns):
            raise InvalidDocument(_place(path, opened), tuple((number, text) for text in absent))
        if catalogue is not None and (faults := unit_faults(mapping, opened.above, catalogue)):
            raise InvalidDocument(_place(path, opened), tuple((line or number, text) for line, text in faults))
        account.sheet, account.sheets_unread = opened.sheet, opened.unread
        if opened.above:
            account.rows_read += len(opened.above)
            account.rows_set_aside[ABOVE] += len(opened.above)
        try:
            yield opened.rows
        finally:
            account.rows_blank = opened.blank


def _place(path: Path, opened: Table) -> str:
    return f"{path}[{opened.sheet}]" if opened.sheet else str(path)
