"""Dashboards and rules name only metrics, labels and label values that exist; every metric is looked at somewhere."""

import re

import pytest
import yaml
from dashboards_support import ROOT, RULE_FILES, Expression, Selector, boards, parse_promql, promql_targets

from planwatch.contract.metrics import BY_NAME, METRICS, Metric
from planwatch.contract.rejected import RejectReason
from planwatch.contract.warning import ChangeKind

_SCRAPED = {"job", "instance", "stage"}  # what Prometheus adds to every series, as deploy/prometheus tells it to
_GIVEN = {"up"}  # what Prometheus itself says of a process
_PARTS = ("_bucket", "_sum", "_count")
_OF_COUNTERS = {"rate", "increase", "irate"}


def _rules() -> list[dict]:
    documents = [yaml.safe_load(file.read_text("utf-8")) for file in RULE_FILES]
    return [rule for document in documents for group in document["groups"] for rule in group["rules"]]


def _expressions() -> list[tuple[str, str]]:
    found = [(rule.get("alert", rule.get("record")), rule["expr"]) for rule in _rules()]
    for uid, board in boards().items():
        found += [(f"{uid}: {panel['title']}", target["expr"]) for panel, target in promql_targets(board)]
    return found


EXPRESSIONS = _expressions()
every_expression = pytest.mark.parametrize(
    "text", [text for _, text in EXPRESSIONS], ids=[f"{i} {name}" for i, (name, _) in enumerate(EXPRESSIONS)]
)


def _metric_of(name: str) -> Metric | None:
    """The metric a series belongs to; the parts of a histogram have names of their own."""
    for part in _PARTS:
        whole = BY_NAME.get(name.removesuffix(part))
        if name.endswith(part) and whole is not None and whole.type == "histogram":
            return whole
    found = BY_NAME.get(name)
    return None if found is not None and found.type == "histogram" else found


def _recorded() -> set[str]:
    return {rule["record"] for rule in _rules() if "record" in rule}


def _allowed_labels(selector: Selector) -> set[str]:
    metric = _metric_of(selector.name)
    own = set(metric.labels) if metric else set()
    return own | _SCRAPED | ({"le"} if selector.name.endswith("_bucket") else set())


@every_expression
def test_metrics_named_exist(text: str):
    for selector in parse_promql(text).selectors:
        assert _metric_of(selector.name) or selector.name in _recorded() | _GIVEN, selector.name


@every_expression
def test_labels_named_exist_and_so_do_their_values(text: str):
    expression = parse_promql(text)
    for selector in expression.selectors:
        for label, sign, value in selector.matchers:
            assert label in _allowed_labels(selector), (selector.name, label)
            metric = _metric_of(selector.name)
            if metric and label in metric.labels:
                known = {values[metric.labels.index(label)] for values in metric.values}
                assert sign == "=" and value in known, (selector.name, label, value)
    together = set().union(*(_allowed_labels(selector) for selector in expression.selectors))
    assert expression.labels <= together


@every_expression
def test_rates_are_of_counters_only(text: str):
    for selector in parse_promql(text).selectors:
        metric = _metric_of(selector.name)
        if selector.inside in _OF_COUNTERS:
            assert metric and (metric.type == "counter" or selector.name.endswith(_PARTS)), selector.name
        elif metric:
            assert metric.type == "gauge", f"{selector.name} is shown as it is"


def test_every_metric_is_looked_at_somewhere():
    looked_at = {
        metric.name
        for _, text in EXPRESSIONS
        for selector in parse_promql(text).selectors
        if (metric := _metric_of(selector.name))
    }
    assert looked_at == {metric.name for metric in METRICS}


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_every_metric_is_counted_somewhere(metric: Metric):
    """A rule or a chart on a metric that no process makes would be quiet for ever."""
    makers = [*ROOT.glob("*/metrics.py"), ROOT / "service" / "observe.py"]
    assert any(f'"{metric.name}"' in file.read_text("utf-8") for file in makers if file.parent.name != "contract")


def test_every_recorded_series_is_used():
    used = {selector.name for _, text in EXPRESSIONS for selector in parse_promql(text).selectors}
    assert _recorded() <= used


def test_legends_name_labels_the_answer_has():
    for uid, board in boards().items():
        for panel, target in promql_targets(board):
            shown = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
            expression = parse_promql(target["expr"])
            left = expression.labels or set().union(*map(_allowed_labels, expression.selectors))
            assert shown <= left, (uid, panel["title"])


def test_every_alert_says_how_bad_it_is_and_what_to_do():
    for rule in (rule for rule in _rules() if "alert" in rule):
        assert rule["labels"] == {"severity": rule["labels"]["severity"], "team": "operations"}
        assert rule["labels"]["severity"] in ("critical", "warning", "info")
        notes = rule["annotations"]
        assert set(notes) == {"summary", "description", "runbook"}, rule["alert"]
        assert all(re.search(r"[\u4e00-\u9fff]", text) for text in notes.values()), rule["alert"]
        assert all(re.search(r"[A-Za-z]{3,} [a-z]", notes[part]) for part in ("summary", "description")), rule["alert"]


def test_every_alert_has_an_example_in_which_it_fires():
    files = sorted((ROOT / "deploy/prometheus/tests").glob("*.yml"))
    examples = "".join(file.read_text("utf-8") for file in files)
    fires = set(re.findall(r'alertname="(\w+)"[^\n]*exp_samples: \[\{', examples))
    fires |= set(re.findall(r"alertname: (\w+)\n\s+exp_alerts:\n\s+- ", examples))
    assert fires == {rule["alert"] for rule in _rules() if "alert" in rule}


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_metric_keeps_the_conventions(metric: Metric):
    assert re.fullmatch(r"planwatch_(ingest|assess|notify|api|gateway|service)_[a-z_]+", metric.name)
    assert metric.name.endswith("_total") == (metric.type == "counter")
    assert bool(metric.buckets) == (metric.type == "histogram")
    assert all(len(values) == len(metric.labels) for values in metric.values)


def test_label_values_are_those_of_the_contract():
    def first(name: str) -> list[str]:
        return [values[0] for values in BY_NAME[name].values]

    assert first("planwatch_ingest_rejected_total") == list(RejectReason)
    assert first("planwatch_assess_level_changes_total") == list(ChangeKind)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a_b", Expression((Selector("a_b"),), frozenset())),
        ("max(a)", Expression((Selector("a", inside="max"),), frozenset())),
        (
            'sum by (x, y) (rate(a_total{x="in by (z)", y=~"b|c"}[5m]))',
            Expression(
                (Selector("a_total", (("x", "=", "in by (z)"), ("y", "=~", "b|c")), "rate"),), frozenset({"x", "y"})
            ),
        ),
        (
            "sum(a) by (x) > 0 and on (z) b offset 5m unless c == bool 1e3",
            Expression((Selector("a", inside="sum"), Selector("b"), Selector("c")), frozenset({"x", "z"})),
        ),
        ("time() - (l:m:r > 0) / 86400", Expression((Selector("l:m:r"),), frozenset())),
        ("rate(a[$__rate_interval])", Expression((Selector("a", inside="rate"),), frozenset())),
        (
            "histogram_quantile(0.5, sum by (le) (rate(h_bucket[5m])))",
            Expression((Selector("h_bucket", inside="rate"),), frozenset({"le"})),
        ),
    ],
    ids=["plain", "aggregate", "matchers", "joins", "recorded", "grafana range", "histogram"],
)
def test_promql_is_read_as_prometheus_reads_it(text: str, expected: Expression):
    assert parse_promql(text) == expected


def test_what_is_no_promql_is_an_error():
    with pytest.raises(ValueError, match="no PromQL token"):
        parse_promql("sum(a) ; b")
