"""A reading arrives, is validated, stored, assessed against the plan, may raise a warning, and the warning is notified.

The three steps of that sentence. Each takes its collaborators and the time as arguments, owns its transactions, and may
be run twice without harm.
"""

from datetime import datetime

from planwatch.contract.plan import Law
from planwatch.service.assessor import judge_pass
from planwatch.service.metrics import AssessMetrics
from planwatch.service.process import monotonic
from planwatch.storage.assess_store import AssessStore


def ingest_once() -> bool:
    """Placeholder until the ingest step is wired."""
    raise RuntimeError


def assess_once(store: AssessStore, law: Law, now: datetime, limit: int, metrics: AssessMetrics) -> int:
    """Judge up to ``limit`` marked subjects; the number judged.

    1. take marks, each subject locked against every other worker;  2. load figures and standing judgements set-wise;
    3. judge (pure);  4. replay warnings (pure);  5. write assessments, warnings, changes and the duty to notify.
    All in one transaction: a crash puts the marks back.
    """
    started = monotonic()
    with store.taken(limit) as work:
        if not work.marked:
            return 0
        verdicts = judge_pass(work, law, now)
        work.save_assessments(verdicts.assessments, now)
        work.save_warnings(verdicts.warnings, now)
        work.save_changes(verdicts.changes, verdicts.bodies, now)
    metrics.judged(len(work.marked), verdicts, monotonic() - started)
    return len(work.marked)


def notify_once() -> bool:
    """Placeholder until the notify step is wired."""
    raise RuntimeError
