"""Which amounts of which sources are added up in a sum that the law may let lack something."""

from collections.abc import Callable, Sequence

from planwatch.contract.figures import Missing
from planwatch.contract.period import Period
from planwatch.rules.coverage import Coverage, Parts, Sought, coverage, required
from planwatch.rules.refusal import CannotRate
from planwatch.rules.sums import Amount

NAMED = 5
"""So many who lack something are named; a reason is read in one line."""


def counted(sought: Sought, parts: Parts, beside: Callable[[str, Period], Sequence[Period]] | None) -> list[Amount]:
    """All of every source; where the law asks for less, what follows of it from what was reported.

    ``beside`` answers the spans that a source has to have in the year compared with, if a span of it is to count: what
    is in one of two sums is in the other. CannotRate where more is missing than the law allows. Who has no figure of
    last year has no share that could be known, so that such a sum must be whole.
    """
    spans = [(one, part) for one, found in parts.items() for part in found]
    whole = [sought.sums.amount(one, sought.indicator, part, sought.basis) for one, part in spans]
    missing = {one: found for (one, _), found in zip(spans, whole, strict=True) if isinstance(found, Missing)}
    if missing:
        share = coverage(sought, parts) if len(parts) > 1 else None
        if share is None or share.counted or share.percent < required(sought.sums.law):
            raise CannotRate(_all_missing(list(missing.values()), share))
    if missing or beside is not None:
        whole = _pieces(sought, spans, beside)
    return [one for one in whole if not isinstance(one, Missing)]


def _pieces(
    sought: Sought, spans: Sequence[tuple[str, Period]], beside: Callable[[str, Period], Sequence[Period]] | None
) -> list[Amount | Missing]:
    """What there is of spans, and in the year compared with too."""

    def counts(source: str, span: Period) -> bool:
        others = beside(source, span) if beside else ()
        return sought.has(source, span) and all(sought.has(source, other) for other in others)

    pieces = [(one, piece) for one, part in spans for piece in sought.pieces(one, part, counts)]
    return [sought.sums.amount(one, sought.indicator, piece, sought.basis) for one, piece in pieces]


def _all_missing(missing: Sequence[Missing], share: Coverage | None) -> Missing:
    """Everybody who lacks something, those with a held figure first: the first five, and how many more."""
    ordered = sorted(missing, key=lambda one: "待核不计" not in one.reason)
    words = [one.reason for one in ordered[:NAMED]]
    if len(ordered) > NAMED:
        words.append(f"另有 {len(ordered) - NAMED} 家缺数")
    months = tuple(sorted({month for one in ordered for month in one.months}))
    return Missing(";".join([*words, share.words] if share else words), months)
