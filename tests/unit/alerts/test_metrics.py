"""The metrics of notify are those of the contract, and exist at zero."""

from prometheus_client import CollectorRegistry

from planwatch.alerts.metrics import NotifyMetrics
from planwatch.contract.metrics import METRICS

OURS = [metric for metric in METRICS if metric.name.startswith("planwatch_notify_")]


def test_metrics_are_those_of_the_contract_with_their_meaning():
    registry = CollectorRegistry()
    NotifyMetrics(registry)
    collected = {family.name: family for family in registry.collect()}
    assert {name: family.documentation for name, family in collected.items()} == {
        metric.name.removesuffix("_total"): metric.meaning for metric in OURS
    }
    assert {name: family.type for name, family in collected.items()} == {
        metric.name.removesuffix("_total"): metric.type for metric in OURS
    }


def test_metrics_exist_at_zero_for_all_known_labels_and_further_receivers():
    registry = CollectorRegistry()
    NotifyMetrics(registry, ["topic"])
    for receiver in ("alertmanager", "webhook", "topic"):
        for outcome in ("delivered", "suppressed", "retried", "failed"):
            labels = {"receiver": receiver, "outcome": outcome}
            assert registry.get_sample_value("planwatch_notify_deliveries_total", labels) == 0
        assert registry.get_sample_value("planwatch_notify_delivery_seconds_count", {"receiver": receiver}) == 0
    for severity in ("1", "2", "3"):
        assert registry.get_sample_value("planwatch_notify_active_warnings_count", {"severity": severity}) == 0


def test_metrics_of_active_warnings_fall_back_to_zero():
    registry = CollectorRegistry()
    metrics = NotifyMetrics(registry)
    for counts in ({1: 4, 3: 2}, {1: 1}):
        metrics.active(counts)
    assert registry.get_sample_value("planwatch_notify_active_warnings_count", {"severity": "1"}) == 1
    assert registry.get_sample_value("planwatch_notify_active_warnings_count", {"severity": "3"}) == 0
