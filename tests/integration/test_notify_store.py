"""The outbox in a real database: the dispatch suite, and what only a database can get wrong."""

import threading
from collections import Counter
from datetime import timedelta

import psycopg
import pytest
from alerts_database_support import RealOutbox
from alerts_dispatch_suite import UNITS, DispatchSuite, ids
from alerts_outbox_support import Desk, FakeChannel
from alerts_support import KEY, NOW, make_change, make_notification, make_warning, story, to_date

from planwatch.contract.errors import StorageUnavailable
from planwatch.contract.notification import Delivery, DeliveryState, NotifyReason
from planwatch.contract.warning import ChangeKind, EpisodeState
from planwatch.storage.database import Database
from planwatch.storage.notify_store import WarningStore, notification_from_json, notification_to_json

pytestmark = pytest.mark.services


@pytest.fixture
def database(database_dsn):
    with Database(database_dsn, max_size=8) as database:
        yield database


@pytest.fixture
def outbox_for(database):
    made = []

    def make(*receivers):
        made.append(RealOutbox(database, receivers))
        return made[-1]

    yield make
    for outbox in made:
        outbox.close()


class TestDispatchOnDatabase(DispatchSuite):
    """See DispatchSuite."""


def test_notification_survives_the_outbox(outbox_for):
    outbox = outbox_for("webhook")
    told = [*story("0130"), make_notification(make_change(ChangeKind.WITHDRAWN, corrected=True))]
    outbox.add(told)
    seen = []
    while len(seen) < len(told):
        with outbox.claimed(["webhook"], 10, NOW) as claim:
            seen += [due.notification for due in claim.due]
            claim.log([_delivered(due) for due in claim.due], NOW)
    assert sorted(seen, key=lambda one: one.change.id) == sorted(told, key=lambda one: one.change.id)


def _delivered(due):
    return Delivery(due.notification.change.id, due.receiver, DeliveryState.DELIVERED, NotifyReason.RAISED, 1, None)


def test_notification_of_a_cleared_warning_keeps_when_it_was_cleared():
    warning = make_warning(state=EpisodeState.CLEARED, cleared_at=to_date(7))
    told = make_notification(make_change(ChangeKind.CLEARED), warning)
    assert notification_from_json(notification_to_json(told.change, told.warning, told.facts)) == told


def test_two_dispatchers_at_once_send_each_change_once_and_in_order(outbox_for):
    outbox = outbox_for("webhook")
    stories = [story("0123210", unit) for unit in UNITS]
    outbox.add([told for one in stories for told in one])
    sent: list[str] = []  # appending is atomic, so the order of requests is seen
    start = threading.Barrier(3)

    class Recorder(FakeChannel):
        def deliver(self, batch, now):
            sent.extend(due.notification.change.id for due in batch)

    def work(desk):
        start.wait()
        while outbox.open_changes():
            desk.dispatcher.dispatch()

    desks = [Desk(outbox.twin(), [Recorder()]) for _ in range(3)]
    threads = [threading.Thread(target=work, args=(desk,)) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert outbox.open_changes() == []
    assert {change: count for change, count in Counter(sent).items() if count > 1} == {}
    for one in stories:
        assert [change for change in sent if change in ids(one)] == ids(one)


def test_lost_session_stops_sending_and_repeats_only_the_request_in_flight(outbox_for, database_dsn):
    outbox = outbox_for("webhook")
    told = [story("01", unit)[0] for unit in UNITS[:3]]
    outbox.add(told)
    channel = FakeChannel(on_request=lambda: _cut_sessions(database_dsn) if len(channel.requests) == 2 else None)
    desk = Desk(outbox, [channel])
    with pytest.raises(StorageUnavailable):
        desk.dispatch_all()
    assert channel.taken == ids(told)[:2]
    desk.dispatch_all()
    assert channel.taken == [*ids(told)[:2], *ids(told)[1:]]


def _cut_sessions(dsn):
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE application_name = 'planwatch-notify-locks' AND datname = current_database()"
        )


def test_locks_are_let_go_after_each_claim(outbox_for, database):
    outbox = outbox_for("webhook")
    outbox.add(story("01"))
    with outbox.claimed(["webhook"], 10, NOW) as claim:
        assert len(claim.due) == 1
        assert _advisory_locks(database) == 1
    assert _advisory_locks(database) == 0


def _advisory_locks(database):
    with database.transaction() as connection:
        query = (
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        return connection.execute(query).fetchone()[0]


def test_wait_is_ended_by_new_changes(outbox_for):
    outbox = outbox_for("webhook")
    assert outbox.store.wait(0.01) is False
    outbox.add(story("01"))
    assert outbox.store.wait(60) is True


def test_backlog_counts_what_waits_and_what_is_active(outbox_for):
    outbox = outbox_for("webhook")
    assert outbox.store.backlog(NOW) == (0, 0.0, {})
    outbox.add([*story("012"), *story("01", UNITS[0]), *story("010", UNITS[1])])
    assert outbox.store.backlog(NOW + timedelta(seconds=90)) == (5, 90.0, {1: 1, 2: 1})


def test_receiver_taken_out_of_the_settings_no_longer_holds_changes_open(outbox_for):
    before = outbox_for("alertmanager", "webhook")
    told = story("01")
    before.add(told)
    with before.claimed(["alertmanager"], 10, NOW) as claim:
        claim.log([_delivered(due) for due in claim.due], NOW)
    assert before.open_changes() == ids(told)
    outbox_for("alertmanager").store.settle(NOW)
    assert before.open_changes() == []


def test_final_delivery_is_never_written_over(outbox_for):
    outbox = outbox_for("webhook", "alertmanager")
    told = story("01")
    outbox.add(told)
    with outbox.claimed(["webhook"], 10, NOW) as claim:
        first = _delivered(claim.due[0])
        claim.log([first], NOW)
        claim.log([Delivery(first.change_id, "webhook", DeliveryState.FAILED, NotifyReason.RAISED, 9, None)], NOW)
    assert outbox.delivery(first.change_id, "webhook").state is DeliveryState.DELIVERED


def test_warnings_are_listed_and_told_in_full(outbox_for, database):
    outbox = outbox_for("webhook")
    told, cleared = story("0123"), story("010", UNITS[0])
    outbox.add([*told, *cleared])
    Desk(outbox, [FakeChannel()]).dispatch_all()
    store = WarningStore(database)
    assert [row["subject"] for row in store.warnings()] == [KEY.subject]
    assert len(store.warnings(everything=True)) == 2
    assert store.warnings(region="500000") == store.warnings()
    assert store.warnings(region="120000") == []
    (found,) = store.find(told[0].change.warning_id[:6])
    changes = store.changes(found["warning_id"])
    assert [row["kind"] for row in changes] == ["raised", "escalated", "escalated"]
    assert changes[0]["facts"] == told[0].facts
    assert [row["state"] for row in store.deliveries(found["warning_id"])] == ["delivered"] * 3
