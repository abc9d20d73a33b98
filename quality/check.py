"""All checks of one subject, and what they do to its figures."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import localcontext

from planwatch.contract.figures import Figures
from planwatch.contract.period import Period
from planwatch.contract.quality import SEVEREST, Explanation, Faulty, Finding, Key, Outcome
from planwatch.contract.records import Records
from planwatch.quality.balances import balance, outgoings, split, stock_chain
from planwatch.quality.case import NOTHING_MORE, Case, Evidence
from planwatch.quality.cumulative import cumulative_slip, falling
from planwatch.quality.invented import copied, digit_patterns
from planwatch.quality.metered import metered
from planwatch.quality.missing import missing
from planwatch.quality.numbers import EXACT
from planwatch.quality.ratios import alone, divergence, grid, own_band
from planwatch.quality.rulebook import Rulebook
from planwatch.quality.sizes import constant, isolated_zero, jump, permitted, unit_slip
from planwatch.quality.smooth import too_smooth
from planwatch.quality.statements import conflict, cumulative, early, negative, stated_held

CHECKS: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    missing,
    conflict,
    negative,
    balance,
    stock_chain,
    cumulative,
    falling,
    split,
    permitted,
    unit_slip,
    cumulative_slip,
    jump,
    constant,
    own_band,
    divergence,
    grid,
    metered,
    digit_patterns,
    copied,
    too_smooth,
    alone,
    outgoings,
    isolated_zero,
    stated_held,
    early,
)


def check_subject(
    subject: str,
    figures: Figures,
    records: Records,
    book: Rulebook,
    today: date,
    *,
    explanations: Iterable[Explanation] = (),
    evidence: Evidence = NOTHING_MORE,
) -> tuple[Finding, ...]:
    """All findings about a subject that no accepted explanation silences, by key.

    A function of the set of facts: the order in which figures arrived changes nothing. ``figures`` must carry the marks
    they were stated with, not those of earlier findings: a figure held for a finding is checked like any other.
    """
    accepted = silenced(explanations)
    with localcontext(EXACT):
        case = Case(subject, figures, records, book, today=today, evidence=evidence)
        found = by_key(finding for check in CHECKS for finding in check(case))
    return tuple(found[key] for key in sorted(found) if key not in accepted or accepted[key] != found[key].fingerprint)


def by_key(findings: Iterable[Finding]) -> dict[Key, Finding]:
    """Findings by key; what one rule says of one reading in several ways becomes one finding that says it all."""
    apart: dict[Key, list[Finding]] = {}
    for finding in findings:
        apart.setdefault(finding.key, []).append(finding)
    return {key: _one(sorted(found, key=lambda one: one.message)) for key, found in apart.items()}


def _one(found: list[Finding]) -> Finding:
    if len(found) == 1:
        return found[0]
    return replace(
        found[0],
        message=";".join(dict.fromkeys(one.message for one in found)),
        figures=tuple(dict.fromkeys(figure for one in found for figure in one.figures)),
        threshold="; ".join(dict.fromkeys(one.threshold for one in found)),
    )


def silenced(explanations: Iterable[Explanation]) -> dict[Key, str]:
    """The keys with an accepted explanation and the fingerprint of the figures it is for; of several the newest.

    ``explanations`` come oldest first: a later one about the same figures takes an acceptance back.
    """
    newest: dict[tuple[Key, str], Explanation] = {}
    for one in explanations:
        newest.pop((one.key, one.fingerprint), None)  # the newest goes to the end
        newest[one.key, one.fingerprint] = one
    return {one.key: one.fingerprint for one in newest.values() if one.accepted}


def held(findings: Iterable[Finding], explanations: Iterable[Explanation] = ()) -> frozenset[tuple[str, str, Period]]:
    """Subject, indicator and period of what stays out of sums; an accepted explanation lets it in again.

    A missing figure is in it too, though there is nothing to keep out: what needs it is not rated anyway.
    """
    accepted = silenced(explanations)
    return frozenset(
        (one.subject, one.indicator, one.period)
        for one in findings
        if one.outcome in (Outcome.HOLD, Outcome.REJECT) and accepted.get(one.key) != one.fingerprint
    )


def gathered(findings: Iterable[Finding]) -> tuple[Faulty, ...]:
    """All findings of each reading in one place, worst first; findings about whole reports stand by themselves."""
    by_reading: dict[tuple[str, str, Period], list[Finding]] = {}
    for finding in findings:
        by_reading.setdefault((finding.subject, finding.indicator, finding.period), []).append(finding)
    return tuple(
        Faulty(
            *reading, min((one.outcome for one in found), key=SEVEREST.index), tuple(sorted(found, key=_worst_first))
        )
        for reading, found in sorted(by_reading.items())
    )


def _worst_first(finding: Finding) -> tuple[int, Key]:
    return SEVEREST.index(finding.outcome), finding.key
