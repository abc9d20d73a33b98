"""`planwatch assess`: judge what has changed, as a process."""

import logging
from datetime import date

from planwatch.contract.errors import LawChanged
from planwatch.contract.period import local_day
from planwatch.service.checking import deadline_between
from planwatch.service.living_law import LivingLaw
from planwatch.service.metrics import AssessMetrics
from planwatch.service.pipeline import assess_once
from planwatch.service.process import run_until_stopped, settle_memory
from planwatch.service.wiring import Stage, clock, plan_files, stage
from planwatch.storage.assess_store import AssessStore
from planwatch.storage.database import Listener
from planwatch.storage.law_store import LawStore
from planwatch.storage.quality_store import QualityStore

logger = logging.getLogger(__name__)


def assess() -> None:
    """Judge marked subjects against the plans, in period order, until stopped."""
    gauges: dict[str, AssessMetrics] = {}

    def refresh(made: Stage) -> None:
        waiting, oldest = AssessStore(made.database).backlog(clock())
        gauges["assess"].marks.set(waiting)
        gauges["assess"].oldest_mark.set(oldest)
        gauges["assess"].findings(*QualityStore(made.database).standing())

    with stage("assess", refresh=refresh) as made:
        metrics = gauges["assess"] = AssessMetrics(made.registry)
        run_assess(made, metrics)


def run_assess(made: Stage, metrics: AssessMetrics) -> None:
    """The loop of the stage: take up the law in force, judge what is marked, look for deadlines when a day begins.

    It is woken by the database when marks are written.
    """
    store, living = AssessStore(made.database), living_law(made, metrics)
    listener = Listener(made.settings.database.url, "planwatch_mark")
    day: date | None = None
    settle_memory()

    def step() -> bool:
        nonlocal day
        now = clock()
        law = living.current(now)
        if day != local_day(now):
            day = local_day(now)
            store.mark_due(day, now, lambda known, since, today: deadline_between(law, known, since, today))
        try:
            return assess_once(store, law, now, made.settings.assess.subjects_per_pass, metrics, clock=clock) > 0
        except LawChanged:
            living.take_up()
            return True

    def idle() -> None:
        listener.wait(made.settings.assess.poll_seconds)

    try:
        run_until_stopped(step, made.stop, made.health, idle=idle)
    finally:
        listener.close()


def living_law(made: Stage, metrics: AssessMetrics) -> LivingLaw:
    """The law of the stage's plan folders, under the approvals its settings ask for."""
    return LivingLaw(
        LawStore(made.database),
        plan_files(made.settings),
        approvals=made.settings.plans.approvals,
        failed=metrics.law_failed,
    )
