"""Attribution: what made a change, split into parts that add up to it exactly, as kept and as printed."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from planwatch.contract.period import Period


class Axis(StrEnum):
    """Along what a change is split: units (or projects), energy kinds, or the regions directly below."""

    UNIT = "unit"
    FUEL = "fuel"
    REGION = "region"


class PartKind(StrEnum):
    """What a part is."""

    MEMBER = "member"  # a unit, project, energy kind or sub-region
    ACTIVITY = "activity"  # the denominator: GDP, value added, output
    REST = "rest"  # the whole less the members that are known: those who did not report, and what nobody reports


@dataclass(frozen=True, slots=True)
class Part:
    """One part. ``before`` and ``after`` are its own amounts; ``change`` is what it adds to the whole's change.

    ``change`` is exact and in the whole's unit; ``shown`` and ``points`` are it rounded (``points`` in percent of the
    whole before), so that all ``shown`` and all ``points`` add up to those of the whole. ``of`` is a subject, or an
    indicator; ``unit`` that of ``before`` and ``after``.
    """

    kind: PartKind
    of: str
    before: Fraction
    after: Fraction
    unit: str
    change: Fraction
    shown: Decimal = Decimal(0)
    points: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Attribution:
    """The change of a measured quantity from ``against`` to ``period``, split along an axis.

    ``missing`` names who did not report both periods, each with the reason: 未报,不可归因, never counted as zero.
    ``reason`` says why there is no attribution (then ``parts`` is empty). ``method`` names the decomposition, ``note``
    what the whole is where it is not the target's own measure.
    """

    target: str
    subject: str
    measured: str
    axis: Axis
    period: Period
    against: Period
    unit: str
    before: Fraction = Fraction(0)
    after: Fraction = Fraction(0)
    shown: Decimal = Decimal(0)
    points: Decimal | None = None
    parts: tuple[Part, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    method: str = ""
    note: str = ""
    reason: str = ""

    @property
    def change(self) -> Fraction:
        """After less before, exactly."""
        return self.after - self.before
