"""The reference pages, and the macros as the tests of the panels replace them."""

import pytest
from dashboards_support import as_grafana_sends

from planwatch.contract.metrics import METRICS
from planwatch.dashboards.reference import metrics_page, view_columns, views_page


@pytest.mark.parametrize(
    ("sql", "sent"),
    [
        ("a = ${x:sqlstring}", "a = 'it''s','b'"),
        ("$__timeFilter(at)", "at BETWEEN '2021' AND '2025'"),
        ("f >= $__timeFrom() AND f <= $__timeTo()", "f >= '2021' AND f <= '2025'"),
    ],
    ids=["variable", "filter", "bounds"],
)
def test_macros_are_replaced_as_grafana_does(sql: str, sent: str):
    assert as_grafana_sends(sql, {"x": ["it's", "b"]}, "2021", "2025") == sent


def test_an_unknown_macro_is_an_error():
    with pytest.raises(ValueError, match="does not know"):
        as_grafana_sends("$__timeGroup(at, '1h')", {}, "2021", "2025")


def test_views_page_names_columns_through_brackets_and_stars():
    sql = (
        "-- One.\nCREATE VIEW board.one AS\nSELECT a, coalesce(b, 'x, y') AS c, (SELECT d FROM e) AS f, t.g\nFROM t;\n"
        "-- Two\n-- lines.\nCREATE VIEW board.two AS\nSELECT DISTINCT ON (a, c) *\nFROM board.one\nORDER BY a;\n"
    )
    page = views_page([sql])
    assert view_columns(page) == {"board.one": ["a", "c", "f", "g"], "board.two": ["a", "c", "f", "g"]}
    assert "Two lines." in page


def test_metrics_page_names_every_metric_and_where_it_is_used():
    page = metrics_page({"here": f"rate({METRICS[6].name}_bucket[5m])"})
    assert [line.split("`")[1] for line in page.splitlines() if line.startswith("| `")] == [m.name for m in METRICS]
    assert [line for line in page.splitlines() if line.endswith("| `here` |")] == [
        line for line in page.splitlines() if f"`{METRICS[6].name}`" in line
    ]
