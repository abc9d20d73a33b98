"""Reading dashboards, PromQL and Grafana's SQL macros in tests: what Grafana and Prometheus would see in our files."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BOARDS = ROOT / "deploy" / "grafana" / "dashboards"
PROVISIONING = ROOT / "deploy" / "grafana" / "provisioning"
RULES = ROOT / "deploy" / "prometheus" / "rules" / "planwatch.yml"
RULE_FILES = sorted(RULES.parent.glob("*.yml"))

_TOKEN = re.compile(
    r"""\s*(?:(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<range>\[[^\]]*\])|(?P<number>\d[\w.]*)"""
    r"""|(?P<name>[A-Za-z_:][\w:]*)|(?P<sign>=~|!~|!=|==|>=|<=|[-+*/%^<>={}(),@]))"""
)
_LABEL_LISTS = {"by", "without", "on", "ignoring", "group_left", "group_right"}
_WORDS = {"and", "or", "unless", "bool", "offset", "inf", "nan"}


@dataclass(frozen=True)
class Selector:
    """A metric as an expression names it: its matchers as (label, sign, value), and the function right around it."""

    name: str
    matchers: tuple[tuple[str, str, str], ...] = ()
    inside: str = ""


@dataclass(frozen=True)
class Expression:
    """What a PromQL expression names: metrics, and the labels it groups or joins by."""

    selectors: tuple[Selector, ...]
    labels: frozenset[str]


def tokens(text: str) -> list[tuple[str, str]]:
    """The (kind, text) tokens of PromQL; ValueError at what cannot be one."""
    found, at = [], 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError(f"no PromQL token at {text[at : at + 20]!r} of {text!r}")
        found.append((str(match.lastgroup), match[str(match.lastgroup)]))
        at = match.end()
    return found


def parse_promql(text: str) -> Expression:
    """The metrics and grouping labels of an expression."""
    stream = [*tokens(text), ("end", "")]
    selectors: list[Selector] = []
    labels: set[str] = set()
    at = 0
    while stream[at][0] != "end":
        kind, word = stream[at]
        opens = stream[at + 1][1] == "("
        calls = opens or stream[at + 1][1] in ("by", "without")
        if kind == "name" and word in _LABEL_LISTS and opens:
            end = next(i for i in range(at, len(stream)) if stream[i][1] == ")")
            labels |= {name for kind, name in stream[at + 1 : end] if kind == "name"}
            at = end
        elif kind == "name" and not calls and word.lower() not in _WORDS | _LABEL_LISTS:
            inside = stream[at - 2][1] if at >= 2 and stream[at - 1][1] == "(" and stream[at - 2][0] == "name" else ""
            end = next(i for i in range(at, len(stream)) if stream[i][1] == "}") if stream[at + 1][1] == "{" else at
            inner = [token for token in stream[at + 2 : end] if token[1] != ","]
            triples = zip(inner[::3], inner[1::3], inner[2::3], strict=True)
            selectors.append(Selector(word, tuple((a[1], b[1], c[1][1:-1]) for a, b, c in triples), inside))
            at = end
        at += 1
    return Expression(tuple(selectors), frozenset(labels))


def boards() -> dict[str, dict]:
    """The checked-in dashboards by uid."""
    found = [json.loads(file.read_text("utf-8")) for file in sorted(BOARDS.rglob("*.json"))]
    return {board["uid"]: board for board in found}


def panel_targets(board: dict) -> Iterator[tuple[dict, dict]]:
    """Each (panel, target) of a dashboard."""
    for panel in board["panels"]:
        for target in panel["targets"]:
            yield panel, target


def promql_targets(board: dict) -> Iterator[tuple[dict, dict]]:
    """Each (panel, target) that asks Prometheus."""
    return ((panel, target) for panel, target in panel_targets(board) if "expr" in target)


def sql_questions(board: dict) -> dict[str, str]:
    """Every SQL text of a dashboard by where it stands: variables, annotations, panels."""
    found = {f"variable {v['name']}": v["query"] for v in board["templating"]["list"] if v["type"] == "query"}
    found |= {f"annotation {a['name']}": a["target"]["rawSql"] for a in board["annotations"]["list"]}
    found |= {f"panel {p['id']}": t["rawSql"] for p, t in panel_targets(board) if "rawSql" in t}
    return found


def as_grafana_sends(sql: str, variables: Mapping[str, list[str]], since: str, until: str) -> str:
    """The query with macros and ``${name:sqlstring}`` replaced; ValueError if anything is left for Grafana to replace.

    «All» travels as the variable's own all-value, which Grafana puts in as it is written: ``'*'``.
    """

    def quoted(match: re.Match[str]) -> str:
        return ",".join("'" + value.replace("'", "''") + "'" for value in variables[match[1]])

    sql = re.sub(r"\$\{(\w+):sqlstring\}", quoted, sql)
    sql = re.sub(r"\$__timeFilter\(([^)]*)\)", rf"\1 BETWEEN '{since}' AND '{until}'", sql)
    sql = sql.replace("$__timeFrom()", f"'{since}'").replace("$__timeTo()", f"'{until}'")
    if "$" in sql:
        raise ValueError(f"a macro or variable that this function does not know: {sql[sql.index('$') :][:40]}")
    return sql


def named_columns(panel: dict) -> set[str]:
    """The columns that a panel's configuration counts on: overrides, links and transformations."""
    wanted = set()
    for override in panel["fieldConfig"]["overrides"]:
        if override["matcher"]["id"] == "byName":
            wanted.add(override["matcher"]["options"])
        links = [p["value"] for p in override["properties"] if p["id"] == "links"]
        wanted |= set(re.findall(r"__data\.fields\.(\w+)", json.dumps(links)))
    for step in panel.get("transformations", []):
        options = step["options"]
        wanted |= {options[key] for key in ("columnField", "rowField", "valueField") if key in options}
        wanted |= set(options.get("fields", []))
        if step["id"] == "groupingToMatrix":  # the corner's name is made by the transformation
            wanted.discard(f"{options['rowField']}\\{options['columnField']}")
    return wanted
