"""What judging starts from and what it finds: surroundings, measured quotients, findings before a level is given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from planwatch.contract.figures import Used
from planwatch.contract.plan import Comparator, Level
from planwatch.contract.records import NO_RECORDS, Records


@dataclass(frozen=True, slots=True)
class Quotient:
    """A measure over a span: ``top`` over ``bottom`` (1 for a plain quantity), kept apart so nothing is rounded."""

    top: Decimal
    bottom: Decimal
    words: str
    used: tuple[Used, ...]
    edition: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a kind of target comes to before a level is given; ``actual`` and ``expected`` are in ``unit``.

    ``remedy`` says in Chinese what it takes to bring the actual value to another one, or beyond it. ``at_least``
    marks an actual value that is only a lower bound, because periods are missing. ``no_better_than`` is the level a
    forecast gives at least, where the actual value alone would give a better one.
    """

    actual: Decimal
    expected: Decimal
    unit: str
    formula: str
    used: tuple[Used, ...]
    edition: str
    remedy: Callable[[Decimal, bool], str]
    comparator: Comparator = Comparator.AT_LEAST
    tolerance: Decimal = Decimal(0)
    at_least: bool = False
    note: str = ""
    no_better_than: Level | None = None


@dataclass(frozen=True)
class Surroundings:
    """What judging may look at besides figures: who sums, register entries, the day it is, how bulletins round.

    ``today`` is None where nobody says what day it is; what depends on a deadline is then judged at the point's end.
    """

    members: Sequence[str] = ()
    records: Records = NO_RECORDS
    today: date | None = None
    published_rounding: bool = False
