"""Statistical periods: a run of whole months of one year, and the arithmetic that judging needs.

Identity is the run of months, not the words used for it: the first quarter, the cumulative figure of
March and «1–3月» are one period, so a figure reported under any of these names is the same figure.
Months are those of Asia/Shanghai; a period is labelled by its start (tech and field practice).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from planwatch.contract.fault_words import Said

MONTHS_OF_A_YEAR = 12
_TEXT = re.compile(r"(?P<year>[0-9]{4})(?:-(?:(?P<month>[0-9]{2})|Q(?P<quarter>[1-4])|H(?P<half>[12])))?")
FIRST_YEAR, LAST_YEAR = 1949, 2199


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """The months ``first`` to ``last`` (1 to 12, both included) of ``year``.

    >>> Period.parse("2025-02", cumulative=True).label
    '2025-01~02'
    >>> Period.parse("2025-Q1") == Period.parse("2025-03", cumulative=True)
    True
    """

    year: int
    first: int
    last: int

    def __post_init__(self) -> None:
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            said = f"year {self.year} is outside {FIRST_YEAR} to {LAST_YEAR}"
            raise Said(said, f"年份 {self.year} 不在 {FIRST_YEAR} 至 {LAST_YEAR} 之间")
        if not 1 <= self.first <= self.last <= MONTHS_OF_A_YEAR:
            raise ValueError(f"months {self.first} to {self.last} are not a run of months of one year")

    @classmethod
    def parse(cls, text: str, *, cumulative: bool = False) -> "Period":
        """Read «2025-03», «2025-Q1», «2025-H1» or «2025»; cumulative means from January to its end.

        Raises ValueError with the forms allowed.
        """
        return _read(text, cumulative)

    @classmethod
    def month(cls, year: int, month: int) -> "Period":
        """One month."""
        return cls(year, month, month)

    @classmethod
    def whole_year(cls, year: int) -> "Period":
        """January to December."""
        return cls(year, 1, MONTHS_OF_A_YEAR)

    @classmethod
    def from_start(cls, start: date, months: int) -> "Period":
        """The period that starts on the first day of a month and lasts ``months`` months (as stored)."""
        return cls(start.year, start.month, start.month + months - 1)

    @property
    def months(self) -> int:
        """How many months it has."""
        return self.last - self.first + 1

    @property
    def start(self) -> date:
        """Its first day."""
        return date(self.year, self.first, 1)

    @property
    def after(self) -> date:
        """The first day after it."""
        return date(self.year + 1, 1, 1) if self.last == MONTHS_OF_A_YEAR else date(self.year, self.last + 1, 1)

    @property
    def is_cumulative(self) -> bool:
        """Whether it runs from January over more than one month."""
        return self.first == 1 and self.last > 1

    @property
    def label(self) -> str:
        """Short text: 2025-03, 2025-Q2, 2025-H1, 2025, or 2025-01~02 for other runs."""
        if self.months == 1:
            return f"{self.year}-{self.first:02}"
        if self.months == MONTHS_OF_A_YEAR:
            return f"{self.year}"
        if self.months == 3 and self.last % 3 == 0:
            return f"{self.year}-Q{self.last // 3}"
        if self.months == 6 and self.last % 6 == 0:
            return f"{self.year}-H{self.last // 6}"
        return f"{self.year}-{self.first:02}~{self.last:02}"

    @property
    def label_zh(self) -> str:
        """Chinese text as the statistical bulletins write it: 2025年3月, 2025年1—2月, 2025年."""
        if self.months == MONTHS_OF_A_YEAR:
            return f"{self.year}年"
        if self.months == 1:
            return f"{self.year}年{self.first}月"
        return f"{self.year}年{self.first}—{self.last}月"

    @property
    def wire(self) -> tuple[str, bool]:
        """How a report says it: the text and whether it is cumulative."""
        if self.is_cumulative and "~" in self.label:
            return f"{self.year}-{self.last:02}", True
        if "~" in self.label:
            raise ValueError(f"{self.label} has no form in a report: it is neither calendar nor cumulative")
        return self.label, False

    @property
    def end_day(self) -> date:
        """The last day of the period."""
        return date(self.year + self.last // 12, self.last % 12 + 1, 1) - timedelta(days=1)

    def year_to_date(self) -> "Period":
        """From January to its last month."""
        return Period(self.year, 1, self.last)

    def last_year(self) -> "Period":
        """The same months one year before."""
        return self.in_year(self.year - 1)

    def in_year(self, year: int) -> "Period":
        """The same months of another year."""
        return Period(year, self.first, self.last)

    def contains(self, other: "Period") -> bool:
        """Whether every month of the other is one of its own."""
        return self.year == other.year and self.first <= other.first and other.last <= self.last

    def each_month(self) -> list["Period"]:
        """Its months, in order."""
        return [Period.month(self.year, month) for month in range(self.first, self.last + 1)]

    def month_before(self) -> "Period":
        """The one month before its first."""
        return Period.month(self.year - 1, 12) if self.first == 1 else Period.month(self.year, self.first - 1)

    def __str__(self) -> str:
        return self.label


@lru_cache(maxsize=4096)  # a month's reports all say the same few periods
def _read(text: str, cumulative: bool) -> Period:
    found = _TEXT.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no period; allowed: 2025-03, 2025-Q1, 2025-H1, 2025")
    year = int(found["year"])
    if found["month"]:
        first = last = int(found["month"])
    elif found["quarter"]:
        last = 3 * int(found["quarter"])
        first = last - 2
    elif found["half"]:
        last = 6 * int(found["half"])
        first = last - 5
    else:
        first, last = 1, MONTHS_OF_A_YEAR
    return Period(year, 1 if cumulative else first, last)


def derive(wanted: Period, known: Iterable[Period]) -> list[tuple[int, Period]] | None:
    """How the figure of ``wanted`` follows from figures of known periods: signed terms to add, or None.

    A cumulative figure less an earlier cumulative one is a month; months add up to a quarter; 1–2月 and
    March make the first quarter. Each known period is an edge between two month boundaries, forward
    with +1 and backward with −1; the shortest path from the first boundary of ``wanted`` to its last is the
    answer, so the fewest figures are used and a figure reported for the very period is always preferred.
    The order of ``known`` does not matter.

    >>> derive(Period.parse("2025-Q1"), [Period.parse("2025-02", cumulative=True), Period.parse("2025-03")])
    [(1, Period(year=2025, first=1, last=2)), (1, Period(year=2025, first=3, last=3))]
    """
    edges: dict[int, list[tuple[int, int, Period]]] = {}
    for period in sorted(known):
        if period.year == wanted.year:
            edges.setdefault(period.first, []).append((period.last + 1, 1, period))
            edges.setdefault(period.last + 1, []).append((period.first, -1, period))
    goal = wanted.last + 1
    paths: dict[int, list[tuple[int, Period]]] = {wanted.first: []}
    frontier = [wanted.first]
    while frontier and goal not in paths:
        reached: list[int] = []
        for here in frontier:
            # Additions before subtractions, so that ties are settled the same way every time.
            for there, sign, period in sorted(edges.get(here, []), key=lambda edge: (-edge[1], edge[0])):
                if there not in paths:
                    paths[there] = [*paths[here], (sign, period)]
                    reached.append(there)
        frontier = reached
    return paths.get(goal)


def local_day(now: datetime) -> date:
    """The day it is in Asia/Shanghai, where the plans' deadlines are."""
    return now.astimezone(ZoneInfo("Asia/Shanghai")).date()
