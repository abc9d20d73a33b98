"""The steps of the pipeline, where no server is needed to see what they do."""

from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from prometheus_client import CollectorRegistry

from planwatch.contract.errors import StorageUnavailable
from planwatch.plans.loader import load_law
from planwatch.service.metrics import AssessMetrics
from planwatch.service.pipeline import assess_once


class AwayStore:
    """A database that is away."""

    @contextmanager
    def taken(self, limit, today):
        raise StorageUnavailable("gone")
        yield


def test_pass_that_fails_is_counted_and_left_to_the_loop():
    registry = CollectorRegistry()
    metrics = AssessMetrics(registry)
    with pytest.raises(StorageUnavailable):
        assess_once(AwayStore(), load_law(), datetime(2025, 7, 1, tzinfo=UTC), 10, metrics)
    assert registry.get_sample_value("planwatch_assess_failures_total") == 1
    assert registry.get_sample_value("planwatch_assess_subjects_total") == 0
