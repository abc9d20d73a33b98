"""Which monitoring points have fallen silent: in service, and yet without a word about the last days. Pure."""

from collections.abc import Collection
from datetime import date, timedelta

from planwatch.contract.hj212 import FactorTable, Station, StationFile

PATIENCE = timedelta(days=2)
"""A day is stated soon after it is over. Who stated neither yesterday nor the day before has missed a whole message."""


def in_service(mapping: StationFile, today: date) -> tuple[Station, ...]:
    """The points that had to state both of the last two days; one that has just begun or ended is not waited for."""
    first, last = today - PATIENCE, today - timedelta(days=1)
    return tuple(
        one
        for one in mapping.stations
        if (one.since is None or one.since <= first) and (one.until is None or one.until >= last)
    )


def listened_for(stations: Collection[Station], factors: FactorTable) -> list[tuple[str, int, str]]:
    """What is to be heard of points: number, kind of source, and each factor by its code of 2017."""
    known = {st: factors.by_code(st) for st in (31, 32)}
    return [(one.mn, one.st, known[one.st][code].code) for one in stations for code in one.factors]


def silent(stations: Collection[Station], spoken: Collection[tuple[str, int]]) -> tuple[Station, ...]:
    """Those of the points that did not speak."""
    return tuple(one for one in stations if (one.mn, one.st) not in spoken)
