"""Why a receiver is, or is not, told of a change: a pure decision with a named answer."""

from planwatch.contract.notification import DeliveryState, NotifyReason
from planwatch.contract.period import Period
from planwatch.contract.warning import Change

SILENT = frozenset({NotifyReason.BEFORE_GO_LIVE, NotifyReason.ALREADY_DELIVERED})
"""Reasons not to tell."""


def why_notify(change: Change, state: DeliveryState | None, since: Period | None) -> NotifyReason:
    """The reason to tell a receiver of a change, or one of ``SILENT``.

    ``state`` is what already became of the change for this receiver (None: nothing yet). ``since`` is the go-live
    month: changes about periods that ended before it are history that is recorded, not told.
    """
    if state is DeliveryState.DELIVERED:
        return NotifyReason.ALREADY_DELIVERED
    if since is not None and (change.period.year, change.period.last) < (since.year, since.first):
        return NotifyReason.BEFORE_GO_LIVE
    return NotifyReason(change.kind.value)
