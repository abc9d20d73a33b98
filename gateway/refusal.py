"""Refused bytes as a reject: kept as they came, with every reason. Pure."""

from datetime import datetime

from planwatch.contract.hj212 import ORIGIN
from planwatch.contract.rejected import Rejected, RejectedFault, RejectReason, as_text
from planwatch.gateway.intake import Refusal


def rejected_of(refusal: Refusal, number: int, now: datetime, version: str) -> Rejected:
    """The reject of a frame. Its place is the gateway and a number, where others have topic, partition and offset."""
    return Rejected(
        service_version=version,
        topic=ORIGIN,
        partition=0,
        offset=number,
        timestamp=now,
        rejected_at=now,
        reason=RejectReason.BREAKS_CONTRACT,
        faults=tuple(
            RejectedFault(path=_storable(one.path), message=_storable(one.message), given=_storable(one.given))
            for one in refusal.faults
        ),
        key=as_text(refusal.mn.encode()) if refusal.mn else None,
        value=as_text(refusal.raw),
    )


def _storable(text: str) -> str:
    """Text that any database takes."""
    return text.replace("\x00", "\\x00")
