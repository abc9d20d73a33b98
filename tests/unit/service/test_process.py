"""A stage's loop: what it waits for, what ends it, and how it tells that it is not ready."""

import urllib.request

import pytest
from prometheus_client import CollectorRegistry

from planwatch.contract.errors import StorageUnavailable
from planwatch.service.observe import Health, Observer
from planwatch.service.process import LONGEST_PAUSE_SECONDS, Stop, pause_seconds, run_until_stopped


@pytest.fixture
def health():
    return Health(CollectorRegistry(), "test")


def test_loop_idles_only_when_there_was_nothing_to_do(health):
    stop, idled = Stop(), []
    answers = iter([True, False, True])

    def step():
        try:
            return next(answers)
        except StopIteration:
            stop.request()
            return True

    run_until_stopped(step, stop, health, idle=lambda: idled.append(1))
    assert idled == [1]


def test_database_away_is_waited_for_and_said(health):
    stop, faults = Stop(), []
    answers = iter([StorageUnavailable("gone"), None])

    def step():
        answer = next(answers)
        if answer:
            raise answer
        faults.append(health.faults)
        stop.request()
        return True

    run_until_stopped(step, stop, health)
    assert "gone" in faults[0]["database"]
    assert health.faults == {}


def test_other_error_ends_the_process(health):
    def step():
        raise RuntimeError("a fault of ours")

    with pytest.raises(RuntimeError):
        run_until_stopped(step, Stop(), health)


def test_pauses_grow_to_a_limit():
    pauses = [pause_seconds(failures, 1.0) for failures in range(1, 30)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE_SECONDS


def test_observer_answers_health_and_metrics():
    registry = CollectorRegistry()
    health = Health(registry, "test")
    observer = Observer("127.0.0.1", 0, registry, health, lambda: None)
    observer.start()
    try:
        assert ask(observer, "/healthz")[0] == 200
        assert ask(observer, "/readyz")[0] == 503
        health.ok("start")
        assert ask(observer, "/readyz")[0] == 200
        assert "planwatch_service_ready 1.0" in ask(observer, "/metrics")[1]
        assert ask(observer, "/elsewhere")[0] == 404
    finally:
        observer.stop()


def ask(observer, path):
    request = urllib.request.Request(f"http://127.0.0.1:{observer.port}{path}")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), Quiet())
    with opener.open(request, timeout=5) as answer:
        return answer.status, answer.read().decode()


class Quiet(urllib.request.HTTPErrorProcessor):
    """Answers with any status are answers."""

    def http_response(self, request, response):
        return response
