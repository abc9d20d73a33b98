"""A rejected message, with everything needed to mend and redrive it."""

import base64
from enum import StrEnum

from pydantic import AwareDatetime

from planwatch.contract.report import Message


class RejectReason(StrEnum):
    """What kind of fault it is; also the label of the metric."""

    EMPTY = "empty"
    NOT_JSON = "not_json"
    BREAKS_CONTRACT = "breaks_contract"
    UNKNOWN_INDICATOR = "unknown_indicator"
    UNFIT_UNIT = "unfit_unit"
    WRONG_KEY = "wrong_key"
    REFUSED_BY_DATABASE = "refused_by_database"


class RejectedFault(Message):
    """One fault, as it travels."""

    path: str
    message: str
    given: str = ""


class Rejected(Message):
    """The original message as it came, where it came from, and all that is wrong with it.

    ``key`` and ``value`` are base64 so that any bytes survive; ``attempt`` counts how often it was rejected.
    """

    schema_version: str = "planwatch.rejected/1"
    service_version: str
    topic: str
    partition: int
    offset: int
    timestamp: AwareDatetime
    rejected_at: AwareDatetime
    reason: RejectReason
    faults: tuple[RejectedFault, ...]
    key: str | None
    value: str | None
    headers: tuple[tuple[str, str], ...] = ()
    attempt: int = 1

    @property
    def raw_value(self) -> bytes | None:
        """The original value."""
        return None if self.value is None else base64.b64decode(self.value)

    @property
    def raw_key(self) -> bytes | None:
        """The original key."""
        return None if self.key is None else base64.b64decode(self.key)

    @property
    def id(self) -> str:
        """Where it stood: topic, partition, offset."""
        return f"{self.topic}/{self.partition}/{self.offset}"


def as_text(raw: bytes | None) -> str | None:
    """Bytes as base64 text."""
    return None if raw is None else base64.b64encode(raw).decode()
