"""Small tables and mappings for the tests of planwatch.ingest.files."""

import csv
from pathlib import Path

from planwatch.contract.mapping import Mapping
from planwatch.contract.strict import read_strict
from planwatch.ingest.files.loading import Loading
from planwatch.plans.loader import load_catalogue

CASES = Path(__file__).parent / "cases" / "us_states"
MAPPINGS = Path(__file__).parents[1] / "docs" / "examples" / "mappings"
CATALOGUE = load_catalogue()


def make_mapping(reports=None, **over):
    """A mapping of a unit's table with the columns id, month and whatever ``reports`` reads."""
    usual = {
        "subject": {"kind": {"constant": "unit"}, "id": {"column": "id"}},
        "period": {"form": "YYYY-MM", "column": "month"},
        "report_id": {"template": "{id}-{month}"},
        "submitted_at": {"days_after": 10},
    }
    values = {"id": "test", "zh": "测试", "en": "test", "origin": "made up", "missing": ["", "NA"]}
    if "registry" not in over:
        values["reports"] = usual | (reports or {"readings": [wide("coal")]})
    found = read_strict(values | over, Mapping)
    assert isinstance(found, Mapping), found
    return found


def wide(*columns, indicator="energy.raw_coal", unit="t", **over):
    """A wide reading of one column, or of the sum of several."""
    origin = {"column": columns[0]} if len(columns) == 1 else {"sum_of": list(columns)}
    return {"indicator": indicator, "unit": unit, **origin, **over}


def write_csv(path, *rows, encoding="utf-8"):
    """A CSV file of rows given as text with commas."""
    path.write_text("\n".join(rows) + "\n", encoding)
    return path


def write_table(path, header, *rows):
    """A CSV file of rows given as lists of cells."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def load(path, mapping, run_lines=50_000):
    """Reports, account and rejected rows of a file."""
    rejected = []
    loading = Loading(path, mapping, CATALOGUE, run_lines=run_lines)
    loading.account.on_reject = rejected.append
    reports = list(loading.reports())
    assert loading.account.balanced
    return reports, loading.account, rejected


def load_rows(folder, mapping, *rows):
    """The same of rows given as text."""
    return load(write_csv(folder / "table.csv", *rows), mapping)


def figures(report):
    """Indicator to (value as text, flag)."""
    return {reading.indicator: (str(reading.value), reading.flag) for reading in report.readings}
