"""What callers are answered: one result for each message, or one problem with the whole request."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

from planwatch.contract.errors import Fault


class Status(StrEnum):
    """What became of one message."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    NOT_ACKNOWLEDGED = "not_acknowledged"
    WOULD_BE_ACCEPTED = "would_be_accepted"


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AnsweredFault(_Answer):
    """One thing wrong with a message: where, what, and what was given."""

    path: str
    message: str
    given: str = ""

    @classmethod
    def of(cls, fault: Fault, language: str) -> "AnsweredFault":
        """A fault as it is answered to a reader of Chinese (``zh``) or English."""
        return cls(path=fault.path, message=fault.said(language), given=fault.given)


class Result(_Answer):
    """What became of the message at ``index`` (from 0; ``line`` of an NDJSON body, from 1).

    *accepted*: Kafka has acknowledged it and it stands at topic, partition and offset. *refused*: mend the faults and
    send it again. *not_acknowledged*: send the very same message again; a repeated one changes nothing.
    """

    index: int
    line: int | None = None
    status: Status
    report_id: str | None = None
    subject: str | None = None
    topic: str | None = None
    partition: int | None = None
    offset: int | None = None
    reason: str | None = None
    faults: tuple[AnsweredFault, ...] = ()


class Answer(_Answer):
    """The answer to a request, with one result a message in the order of the request."""

    request_id: str
    accepted: int
    refused: int
    not_acknowledged: int
    results: tuple[Result, ...]

    @classmethod
    def of(cls, request_id: str, results: Sequence[Result]) -> "Answer":
        """Results, counted."""
        count = [result.status for result in results].count
        accepted = count(Status.ACCEPTED) + count(Status.WOULD_BE_ACCEPTED)
        return cls(
            request_id=request_id,
            accepted=accepted,
            refused=count(Status.REFUSED),
            not_acknowledged=count(Status.NOT_ACKNOWLEDGED),
            results=tuple(results),
        )

    def http_status(self, *, not_yours: str, dry_run: bool) -> int:
        """202 all accepted (200 if only tried), 207 some, 403 all another's, 400 all refused, 503 some not taken."""
        if self.not_acknowledged:
            return 503
        if not self.refused:
            return 200 if dry_run else 202
        if self.accepted:
            return 207
        return 403 if all(result.reason == not_yours for result in self.results) else 400


class Problem(_Answer):
    """Why a whole request was not taken (RFC 9457). None of its messages was accepted."""

    type: Literal["about:blank"] = "about:blank"
    title: str
    status: int
    detail: str
    request_id: str


class Alive(_Answer):
    """The process runs."""

    status: Literal["alive"] = "alive"


class Ready(_Answer):
    """Whether messages are taken now, and why not."""

    status: Literal["ready", "not ready"]
    faults: dict[str, str]
