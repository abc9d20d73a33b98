"""A batch is stored whole; where the database refuses it, it is halved until the offender stands alone."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from factories import make_reading, make_report
from ingest_fakes import AtOnce
from ingest_store_fake import InMemoryIngestStore
from ingest_support import NOW, REPORTS, make_decoder, make_message
from prometheus_client import CollectorRegistry

from planwatch.contract.errors import Fenced, StorageRefused, StorageUnavailable
from planwatch.contract.rejected import RejectReason
from planwatch.ingest.batch import Batch, Claim
from planwatch.ingest.metrics import IngestMetrics
from planwatch.ingest.storing import BatchWriter, Storing

OTHER = "planwatch.reports.v1", 1


@pytest.fixture
def store():
    made = InMemoryIngestStore()
    made.claim("me", 1, [REPORTS, OTHER], NOW)
    return made


@pytest.fixture
def registry():
    return CollectorRegistry()


@pytest.fixture
def writer(store, registry):
    return BatchWriter(store, make_decoder(), IngestMetrics(registry), lambda: NOW, lambda: 1.5)


def batch_of(*messages):
    decoder = make_decoder()
    return Batch(Claim("me", {REPORTS: 1, OTHER: 1}), tuple(decoder.decode(one, NOW) for one in messages), 1.0)


def message(offset, note=None, partition=0):
    """A report with a figure of its own; a NUL in the note is what a database refuses."""
    report = make_report(report_id=f"r-{partition}-{offset}", period=f"20{20 + partition}-{offset % 12 + 1:02}",
                         readings=(make_reading(note=note),))  # fmt: skip
    return make_message(report, offset=offset, partition=partition)


def reports(seen):
    return {row[6] for row in seen.readings}


def test_batch_is_stored_in_one_transaction(store, writer):
    writer.write(batch_of(message(4), message(5), make_message(b"{", offset=9), message(2, partition=1)))
    assert store.calls == [9 + 1 - 4 + 1]
    assert store().offsets == {REPORTS: 10, OTHER: 3}
    assert reports(store()) == {"r-0-4", "r-0-5", "r-1-2"}
    assert store().rejects == {"planwatch.reports.v1/0/9": False}


@pytest.mark.parametrize("bad", [[0], [7], [3], [0, 7], [2, 3, 4], list(range(8))], ids=str)
def test_only_the_refused_messages_are_rejected(store, writer, bad):
    done = writer.write(batch_of(*(message(offset, "\x00" if offset in bad else None) for offset in range(8))))
    seen = store()
    assert reports(seen) == {f"r-0-{offset}" for offset in range(8) if offset not in bad}
    assert set(seen.rejects) == {f"planwatch.reports.v1/0/{offset}" for offset in bad}
    assert seen.offsets[REPORTS] == 8
    assert [one.offset for one in done.rejects] == bad
    assert done.refused_late == [RejectReason.REFUSED_BY_DATABASE] * len(bad)
    assert done.advances[REPORTS].after == 8


def test_parts_of_a_refused_batch_advance_every_partition_in_order(store, writer):
    messages = [
        message(offset, "\x00" if offset == 5 else None, partition) for partition in (0, 1) for offset in (3, 5, 8)
    ]
    writer.write(batch_of(*messages))
    assert store().offsets == {REPORTS: 9, OTHER: 9}
    assert sorted(store().rejects) == ["planwatch.reports.v1/0/5", "planwatch.reports.v1/1/5"]


def test_what_is_stored_before_a_failure_of_the_rest_is_not_repeated(store, writer):
    batch = batch_of(*(message(offset, "\x00" if offset == 3 else None) for offset in range(4)))
    store.failures = [None, None, StorageUnavailable("gone")]
    with pytest.raises(StorageUnavailable):
        writer.write(batch)
    assert store().offsets[REPORTS] == 2
    with pytest.raises(Fenced):
        writer.write(batch)
    writer.write(Batch(batch.claim, batch.outcomes[2:]))
    assert store().offsets[REPORTS] == 4
    assert reports(store()) == {"r-0-0", "r-0-1", "r-0-2"}


def test_reject_that_cannot_be_stored_is_not_hidden(store, writer):
    store.failures = [StorageRefused("22P05: what we wrote ourselves")]
    with pytest.raises(StorageRefused):
        writer.write(batch_of(make_message(b"{")))


@pytest.mark.parametrize(
    ("failure", "metric"),
    [
        (Fenced("another"), "planwatch_ingest_fenced_total"),
        (StorageUnavailable("away"), "planwatch_ingest_pauses_total"),
    ],
    ids=["fenced", "unavailable"],
)
def test_failure_is_counted_and_passed_on(store, writer, registry, failure, metric):
    store.failures = [failure]
    with pytest.raises(type(failure)):
        writer.write(batch_of(message(0)))
    assert registry.get_sample_value(metric) == 1
    assert registry.get_sample_value("planwatch_ingest_reports_total") == 0


def test_what_is_committed_is_counted(writer, registry):
    writer.write(batch_of(message(0), message(1), make_message(b"{", offset=2)))
    writer.write(batch_of(message(3, "\x00")))
    value = registry.get_sample_value
    assert value("planwatch_ingest_reports_total") == 2
    assert value("planwatch_ingest_readings_total") == 2
    assert value("planwatch_ingest_rejected_total", {"reason": "not_json"}) == 1
    assert value("planwatch_ingest_rejected_total", {"reason": "refused_by_database"}) == 1
    assert value("planwatch_ingest_batch_seconds_sum") == 1.0
    assert value("planwatch_ingest_last_message_timestamp_seconds") == NOW.replace(microsecond=0).timestamp()


def test_storing_hands_back_the_batch_before():
    storing = Storing(lambda batch, sent: batch, AtOnce())
    first, second = batch_of(message(0)), batch_of(message(1))
    assert storing.swap(first) is None
    assert storing.busy
    assert storing.swap(second) is first
    assert storing.swap(batch_of()) is second
    assert not storing.busy
    assert storing.finish() is None


def test_storing_does_not_start_a_batch_after_one_that_failed(store, writer):
    store.failures = [Fenced("another")]
    storing = Storing(writer.write, AtOnce())
    storing.swap(batch_of(message(0)))
    with pytest.raises(Fenced):
        storing.swap(batch_of(message(1)))
    assert not storing.busy
    assert store().offsets[REPORTS] == 0


def test_batch_is_handed_over_when_it_is_with_the_server():
    """The next can then be decoded while the server works on this one."""
    steps, server = [], Event()

    def write(batch, sent):
        steps.append("sending")
        sent()
        assert server.wait(30)
        steps.append("stored")
        return batch

    with ThreadPoolExecutor(1) as executor:
        storing = Storing(write, executor)
        storing.swap(batch_of(message(0)))
        assert steps == ["sending"]
        server.set()
        assert len(storing.finish()) == 1
    assert steps == ["sending", "stored"]


def test_failure_before_anything_is_sent_hangs_nobody(store, writer):
    store.failures = [StorageUnavailable("away")]
    with ThreadPoolExecutor(1) as executor:
        storing = Storing(writer.write, executor)
        storing.swap(batch_of(message(0)))
        with pytest.raises(StorageUnavailable):
            storing.finish()
