"""Register entries of 两高 projects and of the reduction ledger, filled in as a careful office would."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from planwatch.contract.registry import (
    Approval,
    Disposal,
    ProjectStage,
    ReductionProjectRecord,
    TwoHighProjectRecord,
)
from planwatch.simulate.register_stories import BUILDING, BuildingStory
from planwatch.simulate.stories import DOUBLED, LEDGER_YEAR, REDUCTIONS, TWO_HIGH, ReductionStory, TwoHighStory

_LISTED, _REVIEWED, _BEGUN, _DONE = date(2020, 1, 1), date(2018, 3, 1), date(2018, 6, 1), date(2019, 12, 31)
_RUNS_SINCE = date(LEDGER_YEAR - 1, 10, 1)
_CAPACITY = Decimal(100)


def registry() -> Iterator[TwoHighProjectRecord | ReductionProjectRecord]:
    """All projects of the stories."""
    for two_high in TWO_HIGH:
        yield _running(two_high)
    for building in BUILDING:
        yield _being_built(building)
    for ledger in (*REDUCTIONS, *DOUBLED):
        yield _cut(ledger)


def _approval(kind: str, name: str, day: date, tce: int | None) -> Approval:
    return Approval(
        number=f"模拟{kind}〔{day.year}〕{name}",
        authority="模拟审批机关",
        authority_level="province",
        approved_on=day,
        tce=None if tce is None else Decimal(tce),
        capacity=_CAPACITY,
    )


def _running(story: TwoHighStory) -> TwoHighProjectRecord:
    """An existing project with nothing wrong: a fifth more energy is allowed than it ever uses."""
    allowed = max(story.yearly) * 6 // 5
    return TwoHighProjectRecord(
        id=story.id,
        name=story.name,
        region=story.region,
        industry=story.industry,
        valid_from=_LISTED,
        reviewed_tce=Decimal(allowed),
        energy_review=_approval("节审", story.id, _REVIEWED, allowed),
        eia=_approval("环审", story.id, _REVIEWED, None),
        started_on=_BEGUN,
        capacity=_CAPACITY,
        in_park=True,
        expansion=False,
        saturated=False,
        disposal=Disposal(opinion="保留,按节能审查运行", done_on=_DONE),
    )


def _being_built(story: BuildingStory) -> TwoHighProjectRecord:
    """A project under construction whose energy-saving review came after it was begun."""
    return TwoHighProjectRecord(
        id=story.id,
        name=story.name,
        region=story.region,
        industry=story.industry,
        valid_from=story.listed,
        stage=ProjectStage.UNDER_CONSTRUCTION,
        reviewed_tce=Decimal(4_000),
        energy_review=_approval("节审", story.id, story.reviewed, 4_000),
        eia=_approval("环审", story.id, story.listed, None),
        started_on=story.begun,
        in_park=True,
        expansion=False,
        saturated=False,
        disposal=Disposal(opinion="停建,补办节能审查", done_on=story.dealt_with),
    )


def _cut(story: ReductionStory) -> ReductionProjectRecord:
    """A project of the ledger whose source discharged four times what its first project is to cut."""
    source = next(one for one in REDUCTIONS if one.id == (story.permit or story.id))
    return ReductionProjectRecord.model_validate(
        {
            "id": story.id,
            "name": story.name,
            "region": story.region,
            "permit": f"SIM-PW-{source.id}",
            "facility": story.facility,
            "measure": "treatment",
            "pollutants": tuple(indicator.removeprefix("reduction.") for indicator, _ in story.due),
            "valid_from": date(story.since, 1, 1),
            "running_since": _RUNS_SINCE,
            "base_discharge": {
                indicator.removeprefix("reduction."): Decimal(due * 4).scaleb(-2) for indicator, due in source.due
            },
        }
    )
