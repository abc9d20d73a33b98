"""The flow of ingest: claims, seeks, failures, commits. Consumer, broker and database are in memory."""

from datetime import timedelta

import pytest
from factories import make_reading, make_report
from ingest_fakes import Bench, FakeConsumer, WhenAsked, log_of
from ingest_store_fake import InMemoryIngestStore
from ingest_support import NOW, REPORTS, TOPICS, make_message

from planwatch.contract.errors import Fenced, StorageUnavailable, TooManyRejects
from planwatch.ingest.limit import RejectLimit

P0, P1 = REPORTS, (TOPICS.reports, 1)


def message(offset, partition=0, **over):
    report = make_report(report_id=f"r-{partition}-{offset}", period=f"20{20 + partition}-{offset % 12 + 1:02}")
    return make_message(report, offset=offset, partition=partition, **over)


def bench_over(*messages, **parts):
    bench = Bench(FakeConsumer(log_of(*messages)), **parts)
    bench.consumer.rebalance(P0)
    return bench


def reports(bench):
    return {row[6] for row in bench.store().readings}


def test_messages_are_stored_and_offsets_committed():
    bench = bench_over(*(message(offset) for offset in range(3)))
    bench.steps()
    assert reports(bench) == {"r-0-0", "r-0-1", "r-0-2"}
    assert bench.store().offsets == {P0: 3}
    assert bench.consumer.committed == [{P0: 3}]


def test_reading_starts_from_the_stored_offset_whatever_the_position():
    store = InMemoryIngestStore()
    store.claim("before", 0, [P0], NOW)
    store.move("before", {P0: 1}, {P0: 2})
    bench = bench_over(*(message(offset) for offset in range(4)), store=store)
    bench.steps()
    assert reports(bench) == {"r-0-2", "r-0-3"}


def test_what_a_poll_brought_together_with_a_rebalance_is_dropped_and_read_again():
    bench = bench_over(message(0), message(0, 1))
    bench.steps()
    bench.consumer.log |= log_of(message(0), message(1), message(0, 1))
    bench.consumer.rebalance(P0, P1)
    bench.step()
    assert bench.store().offsets == {P0: 1, P1: 0}, "the poll that rebalanced stores nothing"
    bench.steps()
    assert bench.store().offsets == {P0: 2, P1: 1}
    assert reports(bench) == {"r-0-0", "r-0-1", "r-1-0"}


def test_batch_on_its_way_is_finished_before_partitions_are_claimed_anew():
    bench = bench_over(message(0), executor=WhenAsked())
    bench.step()
    bench.step()
    assert bench.store().offsets == {P0: 0}, "it is on its way"
    bench.consumer.rebalance(P0, P1)
    bench.step()
    assert bench.store().offsets == {P0: 1, P1: 0}
    assert bench.value("planwatch_ingest_fenced_total") == 0


def test_claim_follows_every_rebalance():
    bench = bench_over(message(0))
    bench.steps()
    bench.consumer.rebalance(P0)
    bench.steps()
    assert bench.member.claimed.epochs == {P0: 2}


def test_fenced_batch_is_dropped_and_read_again_after_the_next_claim():
    bench = bench_over(message(0), message(1))
    bench.store.failures = [Fenced("another member")]
    bench.steps()
    assert reports(bench) == {"r-0-0", "r-0-1"}
    assert bench.store().offsets == {P0: 2}
    assert bench.value("planwatch_ingest_fenced_total") == 1


def test_member_the_group_went_on_without_stores_nothing_until_it_is_assigned_again():
    bench = bench_over(message(0))
    bench.steps()
    bench.store.claim("other", 9, [P0], NOW)
    bench.consumer.log |= log_of(message(0), message(1))
    bench.steps()
    assert bench.store().offsets == {P0: 1}
    assert bench.member.claimed is None
    bench.consumer.generation = 9
    bench.consumer.rebalance(P0)
    bench.steps()
    assert bench.store().offsets == {P0: 2}


def test_group_made_anew_is_let_in_once_the_old_claim_is_stale():
    bench = bench_over(message(0))
    bench.store.claim("before", 57, [P0], NOW)
    bench.steps()
    assert bench.store().offsets == {P0: 0}
    bench.now = NOW + timedelta(seconds=61)
    bench.steps()
    assert bench.store().offsets == {P0: 1}


def test_database_that_is_away_costs_nothing_but_time():
    bench = bench_over(message(0), message(1))
    bench.store.failures = [StorageUnavailable("away")]
    bench.store.claim_failures = []
    bench.step()
    bench.step()
    bench.store.claim_failures = [StorageUnavailable("away")] * 3
    for _ in range(4):
        with pytest.raises(StorageUnavailable):
            bench.step()
        assert bench.consumer.paused_partitions == bench.consumer.assignment(), "nothing is fetched to be dropped"
    bench.steps()
    assert not bench.consumer.paused_partitions
    assert reports(bench) == {"r-0-0", "r-0-1"}
    assert bench.store().rejects == {}
    assert bench.value("planwatch_ingest_pauses_total") == 1


def test_batch_committed_although_the_answer_was_lost_is_not_stored_twice():
    """The connection broke in COMMIT: the claim finds the offsets advanced and reads on behind the batch."""

    class LosesAnAnswer(InMemoryIngestStore):
        lost = False

        def store(self, *args, **more):
            stored = super().store(*args, **more)
            if not self.lost:
                self.lost = True
                raise StorageUnavailable("server closed the connection unexpectedly")
            return stored

    bench = bench_over(message(0), message(1), store=LosesAnAnswer())
    bench.steps()
    assert bench.store().offsets == {P0: 2}
    assert bench.store.calls == [2]


def test_offsets_of_partitions_that_are_gone_are_not_committed():
    bench = bench_over(message(0), message(0, 1))
    bench.consumer.rebalance(P0, P1)
    bench.step()
    bench.step()
    bench.consumer.rebalance(P1)
    bench.steps()
    assert bench.store().offsets == {P0: 1, P1: 1}
    assert bench.consumer.committed[0] == {P1: 1}


def test_rejects_are_published_after_they_are_stored():
    bench = bench_over(message(0), make_message(b"{", offset=1), message(2))
    bench.steps()
    assert [one.offset for one in bench.sender.sent] == [1]
    assert bench.store().rejects == {"planwatch.reports.v1/0/1": True}
    assert reports(bench) == {"r-0-0", "r-0-2"}


def test_too_many_rejects_stop_before_the_batch_is_stored():
    bad = [make_message(b"{", offset=offset) for offset in range(10)]
    bench = bench_over(*bad, limit=RejectLimit(window=10, minimum=5))
    with pytest.raises(TooManyRejects):
        bench.steps()
    assert bench.store().offsets == {P0: 0}
    assert not bench.sender.sent


def test_messages_the_database_refuses_count_for_the_limit():
    bad = [make_message(make_report(readings=(make_reading(note="\x00"),)), offset=offset) for offset in range(5)]
    bench = bench_over(*bad, limit=RejectLimit(share=0.5, window=10, minimum=5))
    with pytest.raises(TooManyRejects):
        bench.steps()


def test_broker_that_is_away_is_named_and_waited_for():
    bench = bench_over(message(0))
    bench.steps()
    assert bench.member.fault is None
    bench.consumer.down = True
    bench.seconds = 10.0
    bench.steps()
    assert "Kafka does not answer" in bench.member.fault
    bench.consumer.down, bench.seconds = False, 20.0
    bench.steps()
    assert bench.member.fault is None


def test_topic_made_anew_is_read_from_its_start():
    store = InMemoryIngestStore()
    store.claim("before", 0, [P0], NOW)
    store.move("before", {P0: 1}, {P0: 1000})
    bench = bench_over(message(0), store=store)
    bench.steps()
    assert reports(bench) == {"r-0-0"}
    assert bench.store().offsets == {P0: 1}


def test_messages_that_expired_unread_are_told_and_passed_over(caplog):
    store = InMemoryIngestStore()
    store.claim("before", 0, [P0], NOW)
    store.move("before", {P0: 1}, {P0: 3})
    bench = bench_over(message(7), store=store)
    bench.consumer.begins = dict.fromkeys(log_of(message(7)), 7)
    bench.steps()
    (told,) = [record for record in caplog.records if getattr(record, "action", "") == "expired"]
    assert told.messages == 4
    assert bench.store().offsets == {P0: 8}


def test_lag_is_what_lies_between_stored_and_end():
    bench = bench_over(message(0), message(1))
    bench.step()
    assert bench.member.lag == 2
    bench.steps()
    assert bench.member.lag == 0


def test_member_without_partitions_is_no_fault():
    bench = bench_over()
    bench.consumer.rebalance()
    bench.steps()
    bench.seconds = 10.0
    bench.steps()
    assert (bench.member.fault, bench.member.lag) == (None, 0)


def test_member_whose_join_is_forgotten_begins_anew():
    """What kafka-python 3.0.12 does when a poll ends between JoinGroup and SyncGroup: no partitions, for ever."""
    bench = bench_over(message(0))
    first = bench.consumer
    first.rebalance()
    first.state = "<rebalancing>"
    bench.steps()
    bench.seconds = 19.0
    bench.steps()
    assert not first.closed
    bench.seconds = 21.0
    bench.step()
    assert first.closed
    bench.consumer.rebalance(P0)
    bench.steps()
    assert reports(bench) == {"r-0-0"}


def test_closing_leaves_the_group():
    bench = bench_over(message(0))
    bench.steps()
    bench.member.close()
    assert bench.consumer.closed
