"""From the parts of a request to a result for each: checked, allowed, handed to Kafka, acknowledged."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from planwatch.api.answers import AnsweredFault, Result, Status
from planwatch.api.bodies import Part
from planwatch.api.checking import Check, Sound, Unsound
from planwatch.api.scope import NOT_YOURS, Places, Registry, asked_about, why_not
from planwatch.api.tokens import Token
from planwatch.contract.errors import Fault

logger = logging.getLogger(__name__)
REQUEST_HEADER, SENDER_HEADER = "planwatch-request", "planwatch-sender"
"""Headers of a message that came over HTTP: they stay with it if ingest rejects it."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message on its way to Kafka."""

    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]


class Sender(Protocol):
    """What the door asks of Kafka."""

    def send(self, topic: str, messages: Sequence[Outgoing]) -> Sequence[tuple[int, int] | str]:
        """Of each message, in order, the partition and offset acknowledged for it, or why there is none."""


@dataclass(frozen=True)
class Door:
    """Takes messages of one kind for one topic."""

    topic: str
    check: Callable[[], Check]
    registry: Registry
    sender: Sender

    def take(
        self, parts: Sequence[Part], token: Token, request_id: str, now: datetime, *, dry_run: bool, language: str
    ) -> list[Result]:
        """A result for each part, in order; faults in the language asked. Only what Kafka has acknowledged is accepted.

        Messages of one subject go to one partition in the order of the request. StorageUnavailable if the registry
        must be asked and cannot answer; then nothing was sent.
        """
        check = self.check()
        checked = [check(part) for part in parts]
        sound = [one for one in checked if isinstance(one, Sound)]
        places = self._places(token, sound, now)
        refused = {one.part.index: fault for one in sound if (fault := why_not(token, one, places))}
        allowed = [one for one in sound if one.part.index not in refused]
        sent = {} if dry_run else self._sent(allowed, token, request_id)
        results = []
        for one in checked:
            if isinstance(one, Unsound):
                results.append(_refused(one, one.reason, one.faults, language))
            elif one.part.index in refused:
                results.append(_refused(one, NOT_YOURS, (refused[one.part.index],), language))
            else:
                results.append(self._result(one, sent.get(one.part.index)))
        return results

    def _places(self, token: Token, sound: Sequence[Sound], now: datetime) -> Places:
        asked = asked_about(token, sound)
        return self.registry.places(asked, now.date()) if asked else {}

    def _sent(self, allowed: Sequence[Sound], token: Token, request_id: str) -> dict[int, tuple[int, int] | str]:
        if not allowed:
            return {}
        headers = ((REQUEST_HEADER, request_id.encode()), (SENDER_HEADER, token.name.encode()))
        answers = self.sender.send(self.topic, [Outgoing(one.key, one.value, headers) for one in allowed])
        return {one.part.index: answer for one, answer in zip(allowed, answers, strict=True)}

    def _result(self, one: Sound, sent: tuple[int, int] | str | None) -> Result:
        known = {"index": one.part.index, "line": one.part.line, "report_id": one.report_id, "subject": one.subject}
        if sent is None:
            return Result.model_validate(known | {"status": Status.WOULD_BE_ACCEPTED})
        if isinstance(sent, str):
            return Result.model_validate(known | {"status": Status.NOT_ACKNOWLEDGED, "reason": sent})
        partition, offset = sent
        where = {"topic": self.topic, "partition": partition, "offset": offset}
        return Result.model_validate(known | where | {"status": Status.ACCEPTED})


def _refused(one: Sound | Unsound, reason: str, faults: Sequence[Fault], language: str) -> Result:
    return Result(
        index=one.part.index,
        line=one.part.line,
        status=Status.REFUSED,
        report_id=one.report_id,
        subject=one.subject,
        reason=reason,
        faults=tuple(AnsweredFault.of(fault, language) for fault in faults),
    )
