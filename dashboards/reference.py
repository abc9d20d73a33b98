"""Reference pages made from what the code says: every metric with where it is used, every view with its columns."""

import re
from collections.abc import Mapping, Sequence

from planwatch.contract.metrics import METRICS, Metric

_MADE = "<!-- Made by `python -m planwatch.dashboards.build`; edit contract/metrics.py or the migrations instead. -->"
_VIEW = re.compile(
    r"(?P<words>(?:^--[^\n]*\n)+)CREATE (?:OR REPLACE )?VIEW (?P<name>board\.\w+) AS\n(?P<query>.*?);\n",
    re.MULTILINE | re.DOTALL,
)


def metrics_page(used_in: Mapping[str, str]) -> str:
    """Every metric of the contract; ``used_in`` maps the name of a rule file or dashboard to its text."""
    lines = [_MADE, "", "# 指标 · Metrics", "", "Every metric planwatch exposes, on `/metrics` of every process.", ""]
    lines += ["| metric | type | labels | meaning | used in |", "|---|---|---|---|---|"]
    lines += [_metric_row(metric, used_in) for metric in METRICS]
    return "\n".join(lines) + "\n"


def _metric_row(metric: Metric, used_in: Mapping[str, str]) -> str:
    labels = ", ".join(_label(metric, place, name) for place, name in enumerate(metric.labels)) or "–"
    pattern = re.compile(rf"\b{metric.name}(?:_bucket|_sum|_count)?\b")
    places = ", ".join(f"`{place}`" for place, text in used_in.items() if pattern.search(text)) or "–"
    return f"| `{metric.name}` | {metric.type} | {labels} | {metric.meaning} | {places} |"


def _label(metric: Metric, place: int, name: str) -> str:
    values = list(dict.fromkeys(value[place] for value in metric.values))
    return f"`{name}`" + (f" ({', '.join(values)})" if values else "")


def views_page(migrations: Sequence[str]) -> str:
    """Every view of schema board in the order of the migrations, with the comment above it and its columns.

    A view that a later migration replaces is shown as it is now.
    """
    lines = [_MADE, "", "# 视图 · Views", "", "What dashboards, reports and people with SQL read. Nothing writes here."]
    columns: dict[str, list[str]] = {}
    shown: dict[str, list[str]] = {}
    for match in (match for text in migrations for match in _VIEW.finditer(text)):
        name = match["name"]
        columns[name] = _columns(match["query"], columns)
        words = " ".join(line.removeprefix("--").strip() for line in match["words"].splitlines())
        shown[name] = ["", f"## `{name}`", "", words, "", ", ".join(f"`{column}`" for column in columns[name])]
    return "\n".join([*lines, *(line for view in shown.values() for line in view)]) + "\n"


def view_columns(page: str) -> dict[str, list[str]]:
    """View to columns as the page states them, so that a test can hold it against a database."""
    parts = re.split(r"^## `(board\.\w+)`$", page, flags=re.MULTILINE)[1:]
    return {
        name: re.findall(r"`(\w+)`", text.strip().splitlines()[-1])
        for name, text in zip(parts[::2], parts[1::2], strict=True)
    }


def _columns(query: str, known: Mapping[str, list[str]]) -> list[str]:
    """The names of the select list's columns; ``*`` stands for those of the view selected from."""
    listed, *rest = re.split(r"\bFROM\b", _without_depth(query), maxsplit=1)
    names: list[str] = []
    for item in re.sub(r"^SELECT\s+(DISTINCT ON)?", "", listed.strip()).split(","):
        if item.strip() == "*":
            names += known[re.findall(r"board\.\w+", rest[0])[0]]
        else:
            names += re.findall(r"(\w+)\s*$", item)
    return names


def _without_depth(query: str) -> str:
    """The query without quoted text and without anything in brackets, so that commas and FROM are the outer ones."""
    left, before = re.sub(r"'[^']*'", "", query), ""
    while left != before:
        left, before = re.sub(r"\([^()]*\)", "", left), left
    return left
