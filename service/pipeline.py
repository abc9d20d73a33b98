"""A reading arrives, is validated, stored, assessed against the plan, may raise a warning, and the warning is notified.

The three steps of that sentence. Each takes its collaborators and the time as arguments, owns its transactions, and may
be run twice without harm.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from planwatch.alerts.dispatch import Dispatcher
from planwatch.alerts.repost import Reposter
from planwatch.contract.errors import Fenced, LawChanged, StorageUnavailable
from planwatch.contract.period import local_day
from planwatch.contract.plan import Law
from planwatch.ingest.batch import Batch
from planwatch.ingest.consumer import Member
from planwatch.ingest.decode import Decoder
from planwatch.ingest.limit import RejectLimitState
from planwatch.ingest.reject import RejectPublisher
from planwatch.ingest.storing import Storing
from planwatch.service.assessor import judge_pass
from planwatch.service.checking import check_pass
from planwatch.service.metrics import AssessMetrics
from planwatch.service.process import monotonic
from planwatch.storage.assess_store import AssessStore


def ingest_once(
    member: Member,
    decoder: Decoder,
    limit: RejectLimitState,
    storing: Storing,
    *,
    publisher: RejectPublisher,
    now: datetime,
) -> bool:
    """Take in what the next poll brings and see the batch before it through; whether there was anything to do.

    1. poll, while the batch before is still being stored;  2. after a change of the assignment or a failure claim the
    partitions and read on from the stored offsets;  3. decode; too many rejects end it here;  4. store, one transaction
    a batch, fenced;  5. publish rejects, acknowledged;  6. commit offsets to Kafka, for the lag tools only.
    Fenced or without a database, what was polled is dropped: it is read again after the next claim.
    """
    messages = member.poll(busy=storing.busy)
    try:
        if claim := member.claimed:
            batch = Batch(claim, tuple(decoder.decode(message, now) for message in messages), monotonic())
            limit.note(batch.reasons)
            done = storing.swap(batch)
        else:
            done = storing.finish()
            member.claim(now)
    except (Fenced, StorageUnavailable) as error:
        member.lose()
        if isinstance(error, StorageUnavailable):
            raise
        return True
    publisher.publish_due(now, fresh=bool(done and done.rejects))
    if done:
        member.commit(done.advances)
        limit.note(done.refused_late)
    return bool(messages or done)


def assess_once(
    store: AssessStore,
    law: Law,
    now: datetime,
    limit: int,
    metrics: AssessMetrics,
    *,
    clock: Callable[[], datetime] | None = None,
) -> int:
    """Judge up to ``limit`` marked subjects; the number judged.

    1. take marks, each subject locked against every other worker;  2. check their figures (pure) and write what was
    found;  3. load figures and standing judgements set-wise, judge, replay warnings (pure);  4. write assessments,
    warnings, changes and the duty to notify, and mark whoever depends on them. All in one transaction, which sees one
    state of everything: what is judged is what was checked. A crash puts the marks back. Raises LawChanged where
    another law has come into force. ``clock`` tells the time of writing, which is what ``--as-of`` goes by: nobody
    could know before it what a pass was still working out.
    """
    started = monotonic()
    with metrics.counting_failures(), store.taken(limit, local_day(now)) as work:
        if not work.marked:
            return 0
        if work.live_law() not in (None, law.hash):
            raise LawChanged(law.hash)  # undoes the transaction: the marks are back for whoever has the new law
        if law.quality is not None:
            check_pass(work, law, now)
        verdicts = judge_pass(work, law, now)
        at = clock() if clock else now
        work.close_assessments(verdicts.closed, at)
        work.save_assessments(verdicts.assessments, at)
        work.save_warnings(verdicts.warnings, at)
        work.save_changes(verdicts.changes, verdicts.bodies, at)
        work.mark_related(verdicts.sources, verdicts.regions, verdicts.related_since, now)
    metrics.judged(len(work.marked), verdicts, monotonic() - started)
    return len(work.marked)


def notify_once(dispatcher: Dispatcher, reposters: Sequence[Reposter], now: datetime) -> bool:
    """Tell people what is due; whether anything was settled.

    1. take due changes, each warning locked against every other process;  2. decide for each receiver, with a named
    reason;  3. send;  4. write down what became of it, at once;  5. post active warnings again before they lapse.
    Each outcome is a transaction of its own: a crash repeats at most the request in flight.
    """
    settled = dispatcher.dispatch()
    for reposter in reposters:
        reposter.repost(now)
    return settled
