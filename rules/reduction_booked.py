"""What the projects of the reduction ledger booked up to a point: verified, claimed, promised to new projects."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from planwatch.contract.figures import Figure, Missing, Used
from planwatch.contract.period import MONTHS_OF_A_YEAR, Period
from planwatch.rules.case import CannotRate, Case
from planwatch.rules.reduction_source import POLLUTANTS, Project

VERIFIED, CLAIMED, OFFSET = "", ".claimed", ".offset"


@dataclass(frozen=True, slots=True)
class Tonnes:
    """A sum over years up to a point and its figures; ``known`` says whether there is any."""

    amount: Decimal
    used: tuple[Used, ...]

    @property
    def known(self) -> bool:
        """Whether anybody reported anything: no figure is not zero tonnes."""
        return bool(self.used)


def tonnes(case: Case, subject: str, pollutant: str, what: str) -> Tonnes:
    """Σ of ``reduction.<pollutant><what>`` over every year up to the point; CannotRate where a figure is held."""
    total = Decimal(0)
    used: list[Used] = []
    for window in windows(case, subject, pollutant, (what,)):
        part = in_window(case, subject, pollutant, what, window)
        total += part.amount
        used += part.used
    return Tonnes(total, tuple(used))


def in_window(case: Case, subject: str, pollutant: str, what: str, window: Period) -> Tonnes:
    """What was booked within a window of one year."""
    found = case.sums.booked(subject, f"reduction.{pollutant}{what}", window)
    if isinstance(found, Missing):
        raise CannotRate(found)
    return Tonnes(found.amount, found.used)


def windows(case: Case, subject: str, pollutant: str, kinds: Iterable[str]) -> list[Period]:
    """The years with figures of any of the kinds, up to the point's end; the point's own year only that far."""
    years = {
        period.year
        for what in kinds
        for period in case.sums.figures.periods(subject, f"reduction.{pollutant}{what}")
        if period.year <= case.point.year
    }
    return [case.point if year == case.point.year else Period.whole_year(year) for year in sorted(years)]


def bookings(case: Case, subject: str) -> list[Figure]:
    """All figures that count, not zero, of what a project cut (verified or claimed), whose period ends by the point."""
    figures = case.sums.figures
    return [
        figure
        for name in (f"reduction.{pollutant}{what}" for pollutant in POLLUTANTS for what in (VERIFIED, CLAIMED))
        for period in figures.periods(subject, name)
        if (period.year, period.last) <= (case.point.year, case.point.last)
        if (figure := figures.at(subject, name, period)) is not None and figure.counts and figure.amount
    ]


def years_booked(case: Case, projects: Iterable[Project]) -> dict[tuple[str, str], frozenset[int]]:
    """For each project and pollutant the years in which it booked anything by the point."""
    years: dict[tuple[str, str], set[int]] = {}
    for project in projects:
        for figure in bookings(case, project.subject):
            pollutant = figure.indicator.split(".")[1]
            years.setdefault((project.subject, pollutant), set()).add(figure.period.year)
    return {key: frozenset(found) for key, found in years.items()}


def first_month(project: Project) -> Period | None:
    """The month from which a project counts: the second after the one it runs stably since (methodology §5).

    March gives May. None where the entry does not say since when it runs.
    """
    since = project.entry.running_since
    if since is None:
        return None
    year, month = divmod(since.year * MONTHS_OF_A_YEAR + since.month - 1 + 2, MONTHS_OF_A_YEAR)
    return Period.month(year, month + 1)
