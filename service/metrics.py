"""Collectors of the assess stage, and the one way metrics are made from their description."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from planwatch.contract.errors import StorageError
from planwatch.contract.metrics import BY_NAME
from planwatch.service.following import Verdicts


def counter(name: str, registry: CollectorRegistry) -> Counter:
    """The counter described under this name; its known label values exist at zero."""
    metric = BY_NAME[name]
    made = Counter(metric.name, metric.meaning, metric.labels, registry=registry)
    for values in metric.values:
        made.labels(*values)
    return made


def gauge(name: str, registry: CollectorRegistry) -> Gauge:
    """The gauge described under this name."""
    metric = BY_NAME[name]
    return Gauge(metric.name, metric.meaning, metric.labels, registry=registry)


def histogram(name: str, registry: CollectorRegistry) -> Histogram:
    """The histogram described under this name, with its buckets."""
    metric = BY_NAME[name]
    return Histogram(metric.name, metric.meaning, metric.labels, buckets=metric.buckets, registry=registry)


def reload_failures(registry: CollectorRegistry) -> Counter:
    """Counts changed files that could not be used, by file."""
    return counter("planwatch_service_reload_failures_total", registry)


class AssessMetrics:
    """What assess counts."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.marks = gauge("planwatch_assess_marks_count", registry)
        self.oldest_mark = gauge("planwatch_assess_oldest_mark_seconds", registry)
        self._findings = gauge("planwatch_assess_findings_count", registry)
        self._held = gauge("planwatch_assess_held_figures_count", registry)
        self.subjects = counter("planwatch_assess_subjects_total", registry)
        self.assessments = counter("planwatch_assess_assessments_total", registry)
        self.changes = counter("planwatch_assess_level_changes_total", registry)
        self.seconds = histogram("planwatch_assess_subject_seconds", registry)
        self.failures = counter("planwatch_assess_failures_total", registry)
        self.law_failures = counter("planwatch_assess_law_failures_total", registry)

    def findings(self, by_rule: Mapping[str, int], held: int) -> None:
        """What the checks have found and still stands."""
        for (rule,) in BY_NAME["planwatch_assess_findings_count"].values:
            self._findings.labels(rule).set(by_rule.get(rule, 0))
        self._held.set(held)

    @contextmanager
    def counting_failures(self) -> Iterator[None]:
        """Count a pass that the database did not let through; it is tried again."""
        try:
            yield
        except StorageError:
            self.failures.inc()
            raise

    def law_failed(self) -> None:
        """Changed plan files could not be used."""
        self.law_failures.inc()

    def judged(self, subjects: int, verdicts: Verdicts, seconds: float) -> None:
        """One pass was written."""
        self.subjects.inc(subjects)
        for assessment, *_ in verdicts.assessments:
            self.assessments.labels(assessment.status.value).inc()
        for change, *_ in verdicts.changes:
            self.changes.labels(change.kind.value).inc()
        for _ in range(subjects):
            self.seconds.observe(seconds / subjects)
