"""The amounts an attribution splits: the whole and its denominator, and each member's or energy kind's own."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from planwatch.contract.figures import Missing
from planwatch.contract.period import Period
from planwatch.contract.plan import Basis, Yardstick
from planwatch.rules.case import CannotRate, Case
from planwatch.rules.cumulative import cumulative_reduction
from planwatch.rules.lawbook import STANDARD_COAL
from planwatch.rules.standard_coal import in_use, tce_of_kind

Pair = tuple[Fraction, Fraction]
"""An amount before and after."""


@dataclass
class Amounts:
    """What is known of the parts: pairs by subject or indicator, and who could not be asked."""

    known: dict[str, Pair] = field(default_factory=dict)
    missing: list[tuple[str, str]] = field(default_factory=list)

    @property
    def whole(self) -> Pair:
        """The sum of what is known."""
        return (
            sum((before for before, _ in self.known.values()), Fraction(0)),
            sum((after for _, after in self.known.values()), Fraction(0)),
        )


def members_amounts(case: Case, indicator: str, members: Sequence[str], spans: tuple[Period, Period]) -> Amounts:
    """Each member's own amount in both spans; who lacks one of them is missing with the reason."""
    found = Amounts()
    for member in members:
        pair = [_amount(case, member, indicator, span) for span in spans]
        reasons = [one.reason for one in pair if isinstance(one, Missing)]
        if reasons:
            found.missing.append((member, reasons[0]))
        else:
            before, after = (one for one in pair if not isinstance(one, Missing))
            found.known[member] = (before, after)
    return found


def fuel_amounts(case: Case, members: Sequence[str], spans: tuple[Period, Period]) -> Amounts:
    """Standard coal by energy kind, over the members whose standard coal is known in both spans, so that the whole is
    that of ``members_amounts``."""
    by_member = members_amounts(case, STANDARD_COAL, members, spans)
    found = Amounts(missing=by_member.missing)
    for member in by_member.known:
        for kind in case.sums.book.energy:
            before, after = (_kind_amount(case, member, kind, span) for span in spans)
            old = found.known.get(kind, (Fraction(0), Fraction(0)))
            if before or after or kind in found.known:
                found.known[kind] = (old[0] + before, old[1] + after)
    return found


def reports_any(case: Case, indicator: str, members: Sequence[str]) -> bool:
    """Whether any member has figures of an indicator."""
    return any(case.sums.reports(member, indicator) for member in members)


def ledger_amounts(case: Case, members: Sequence[str], spans: tuple[Period, Period]) -> Amounts:
    """What each project's bookings count for in both spans, exactly as judging counts them (promises taken off).

    A month without a booking adds nothing; a project that has bookings of which none counts is named as missing.
    """
    found = Amounts()
    scale = Fraction(case.scale())
    counted = [_counted(case, span) for span in spans]
    for member in members:
        if any(member in one for one in counted):
            before, after = (one.get(member, Fraction(0)) * scale for one in counted)
            found.known[member] = (before, after)
        elif case.sums.reports(member, case.measure.of):
            found.missing.append((member, f"{member} 有登记但不计入,原因见 planwatch explain"))
    return found


def whole_of(case: Case, spans: tuple[Period, Period]) -> tuple[Pair, Pair]:
    """The measure's top and bottom as judging has them, scope and all; CannotRate where they are missing."""
    before, after = (case.measured(span) for span in spans)
    return (Fraction(before.top), Fraction(after.top)), (Fraction(before.bottom), Fraction(after.bottom))


def basis_of(case: Case) -> Basis:
    """On what basis units' energy is added: the target's, else 当量值 (methodology §3)."""
    return case.target.basis or Basis.EQUIVALENT


def _amount(case: Case, member: str, indicator: str, span: Period) -> Fraction | Missing:
    """What a member had while it counted in the subject's sum, as judging adds it."""
    total = Fraction(0)
    for part in case.sums.lasting(member, indicator, span, case.subject):
        found = case.sums.amount(member, indicator, part, basis_of(case))
        if isinstance(found, Missing):
            return found
        total += Fraction(found.amount)
    return total


def _counted(case: Case, span: Period) -> dict[str, Fraction]:
    """By project, what one year's bookings up to a month count for."""
    counted: dict[str, Fraction] = {}
    for used in cumulative_reduction(replace(case, point=span), Yardstick.ANNUAL).used:
        who = used.figure.subject
        counted[who] = counted.get(who, Fraction(0)) + used.sign * Fraction(used.figure.amount)
    return counted


def _kind_amount(case: Case, member: str, kind: str, span: Period) -> Fraction:
    if not in_use(member, kind, span.year, case.sums.figures):
        return Fraction(0)
    sums, total = case.sums, Fraction(0)
    for part in sums.lasting(member, kind, span, case.subject):
        found = tce_of_kind(kind, member, part, sums.figures, book=sums.book, basis=basis_of(case), total=sums.total)
        if isinstance(found, Missing):
            raise CannotRate(found)
        total += Fraction(found.amount)
    return total
