"""`planwatch assess`: judge what has changed, as a process."""

import logging

from planwatch.service.metrics import AssessMetrics
from planwatch.service.pipeline import assess_once
from planwatch.service.process import run_until_stopped, settle_memory
from planwatch.service.wiring import Stage, clock, law_of, stage
from planwatch.storage.assess_store import AssessStore
from planwatch.storage.database import Listener

logger = logging.getLogger(__name__)


def assess() -> None:
    """Judge marked subjects against the plans, in period order, until stopped."""
    gauges: dict[str, AssessMetrics] = {}

    def refresh(made: Stage) -> None:
        waiting, oldest = AssessStore(made.database).backlog(clock())
        gauges["assess"].marks.set(waiting)
        gauges["assess"].oldest_mark.set(oldest)

    with stage("assess", refresh=refresh) as made:
        metrics = gauges["assess"] = AssessMetrics(made.registry)
        run_assess(made, metrics)


def run_assess(made: Stage, metrics: AssessMetrics) -> None:
    """The loop of the stage: make the law live, then judge; woken by the database when marks are written."""
    law, store = law_of(made.settings), AssessStore(made.database)
    listener = Listener(made.settings.database.url, "planwatch_mark")
    live = False
    settle_memory()

    def step() -> bool:
        nonlocal live
        if not live:
            changed = store.make_live(law, clock())
            logger.info("law is live", extra={"action": "law", "targets": len(law.targets), "changed": len(changed)})
            live = True
        return assess_once(store, law, clock(), made.settings.assess.subjects_per_pass, metrics) > 0

    def idle() -> None:
        listener.wait(made.settings.assess.poll_seconds)

    try:
        run_until_stopped(step, made.stop, made.health, idle=idle)
    finally:
        listener.close()
