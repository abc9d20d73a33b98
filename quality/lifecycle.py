"""How findings live from one check to the next: open, explained, accepted, corrected, lapsed."""

from collections.abc import Iterable
from datetime import date

from planwatch.contract.figures import Figures
from planwatch.contract.quality import WHOLE_REPORT, Explanation, Finding, FindingState, Tracked
from planwatch.quality.missing import reported


def tracked(
    found: Iterable[Finding],
    before: Iterable[Tracked],
    explanations: Iterable[Explanation],
    figures: Figures,
    today: date,
) -> tuple[Tracked, ...]:
    """Every finding known or new with its state today.

    ``found`` are all that the checks find, accepted ones too (check without explanations); ``figures`` the standing
    ones, which tell a correction from a doubt that lapsed.
    """
    known = {one.finding.key: one for one in before}
    now = {finding.key: finding for finding in found}
    said = list(explanations)
    result = [_of(finding, known.get(key), said, today) for key, finding in now.items()]
    result += [_gone(one, figures, today) for key, one in known.items() if key not in now]
    return tuple(sorted(result, key=lambda one: one.finding.key))


def state_of(finding: Finding, explanations: Iterable[Explanation]) -> FindingState:
    """Open, explained or accepted: what was said last of this key about these very figures.

    ``explanations`` come oldest first: an acceptance can be taken back by a later answer.
    """
    fitting = [one for one in explanations if one.key == finding.key and one.fingerprint == finding.fingerprint]
    if not fitting:
        return FindingState.OPEN
    return FindingState.ACCEPTED if fitting[-1].accepted else FindingState.EXPLAINED


def _of(finding: Finding, known: Tracked | None, said: list[Explanation], today: date) -> Tracked:
    state = state_of(finding, said)
    if known is None:
        return Tracked(finding, state, today, today)
    unchanged = known.state is state and known.finding.fingerprint == finding.fingerprint
    return Tracked(finding, state, known.opened, known.changed if unchanged else today)


def _gone(known: Tracked, figures: Figures, today: date) -> Tracked:
    """A finding that is not found any more: corrected if a figure it rested on is another one now, else lapsed."""
    if known.state in (FindingState.CORRECTED, FindingState.LAPSED):
        return known
    state = FindingState.CORRECTED if changed(known.finding, figures) else FindingState.LAPSED
    return Tracked(known.finding, state, known.opened, today)


def changed(finding: Finding, figures: Figures) -> bool:
    """Whether a figure the finding rested on has another amount now or is gone; what was missing is there now.

    What was missing and is no longer due (the unit was closed, the duty ended) was not put right.
    """
    if not finding.figures:
        whole = finding.indicator == WHOLE_REPORT
        names = figures.indicators(finding.subject) if whole else [finding.indicator]
        return any(reported(finding.period, figures.stated(finding.subject, name)) for name in names)
    for one in finding.figures:
        if one.indicator.endswith("@days"):
            continue
        now = figures.at(finding.subject, one.indicator, one.period)
        if now is None or now.amount != one.amount:
            return True
    return False
