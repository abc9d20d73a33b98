"""Why a receiver is told or not."""

import pytest
from alerts_support import make_change, to_date

from planwatch.alerts.dedup import SILENT, why_notify
from planwatch.contract.notification import DeliveryState, NotifyReason
from planwatch.contract.period import Period
from planwatch.contract.warning import ChangeKind

JUNE = Period.parse("2025-06")
CASES = [
    ("a period before go-live", to_date(5), None, JUNE, NotifyReason.BEFORE_GO_LIVE),
    ("the go-live month itself", to_date(6), None, JUNE, NotifyReason.RAISED),
    ("a period after go-live", to_date(7), None, JUNE, NotifyReason.RAISED),
    ("the year before", to_date(12, 2024), None, JUNE, NotifyReason.BEFORE_GO_LIVE),
    ("the year after", to_date(1, 2026), None, JUNE, NotifyReason.RAISED),
    ("no go-live month", to_date(1, 2021), None, None, NotifyReason.RAISED),
    ("tried before", to_date(6), DeliveryState.PENDING, None, NotifyReason.RAISED),
    ("delivered before", to_date(6), DeliveryState.DELIVERED, None, NotifyReason.ALREADY_DELIVERED),
    ("delivered, then go-live was set", to_date(5), DeliveryState.DELIVERED, JUNE, NotifyReason.ALREADY_DELIVERED),
]


@pytest.mark.parametrize(("period", "state", "since", "reason"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_reason_is_named(period, state, since, reason):
    assert why_notify(make_change(period=period), state, since) is reason


@pytest.mark.parametrize("kind", list(ChangeKind), ids=str)
def test_reason_to_tell_is_the_kind_of_change(kind):
    reason = why_notify(make_change(kind), None, None)
    assert reason.value == kind.value
    assert reason not in SILENT
