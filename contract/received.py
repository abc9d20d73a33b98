"""Messages as somebody sends them: what is asked of them beyond their form; those read back need no such care."""

from datetime import datetime, timedelta

from planwatch.contract.errors import Fault, InvalidMessage
from planwatch.contract.registry import AnyRegistryRecord, parse_record
from planwatch.contract.repeated_keys import repeated_keys
from planwatch.contract.report import Report

AHEAD = timedelta(days=1)
"""By how much the clock of a sender may be ahead of ours."""


def received_record(raw: bytes) -> AnyRegistryRecord:
    """Read one registry message that was sent; InvalidMessage also where a key is stated twice."""
    record = parse_record(raw)
    if faults := repeated_keys(raw):
        raise InvalidMessage(faults)
    return record


def submitted_ahead(report: Report, now: datetime) -> tuple[Fault, ...]:
    """What is wrong with a time of handing in that has not come: such a report would go before all others for ever."""
    if report.submitted_at - now <= AHEAD:
        return ()
    said = f"lies more than a day after it was received ({now:%Y-%m-%d %H:%M %Z}); state when it was handed in"
    zh = f"报送时间比收到时间({now:%Y-%m-%d %H:%M %Z})晚一天以上，请填写实际报送时间"
    return (Fault("submitted_at", said, report.submitted_at.isoformat(), zh),)
