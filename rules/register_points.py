"""The months at whose end a register check is judged."""

from planwatch.contract.figures import Figures
from planwatch.contract.period import Period
from planwatch.contract.plan import Target
from planwatch.rules.case import Surroundings


def register_points(
    target: Target, subject: str, figures: Figures, around: Surroundings, *, first: int, last: int
) -> list[Period]:
    """The months in which an entry of the subject begins to hold, within the years of the plan."""
    months = {(one.valid_from.year, one.valid_from.month) for one in around.records.versions(subject)}
    return [Period(year, 1, month) for year, month in sorted(months) if first <= year <= last]
