"""The law in force while a process runs: plan files are looked at again, and changes come into force once approved."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from planwatch.contract.errors import InvalidDocument
from planwatch.contract.plan import Law
from planwatch.service.watched import Watched
from planwatch.storage.law_store import Approval, InForce

logger = logging.getLogger(__name__)


class Register(Protocol):
    """Where laws come into force; `LawStore` is one."""

    def live_hash(self) -> str | None:
        """The hash of the law in force."""

    def live(self) -> Law | None:
        """The law in force."""

    def approvals(self, law: str) -> list[Approval]:
        """Who approved a law."""

    def make_live(self, law: Law, now: datetime) -> InForce:
        """Bring a law into force."""


class LivingLaw:
    """The law to judge by now.

    Files are a proposal; what is in force is what the database says, so that several processes never judge by
    different laws. A process proposes what its files say when they change (and when it starts). Files at fault change
    nothing: the error is logged once and counted, and the law in force stays. ``approvals`` is how many different
    people must have approved a change; the very first law needs nobody.
    """

    def __init__(
        self,
        register: Register,
        files: Watched[Law],
        *,
        approvals: int = 0,
        failed: Callable[[], None] = lambda: None,
    ) -> None:
        self._register, self._files = register, files
        self._needed, self._failed = approvals, failed
        self._law: Law | None = None
        self._proposed: Law | None = None
        self._offered = False
        self._waiting = ""

    def current(self, now: datetime) -> Law:
        """The law in force; looks at the files when it is time. Raises InvalidDocument only where none is in force."""
        if self._files.is_due(now) or self._law is None:
            self._read_files(now)
            self._propose(now)
            self.take_up()
        assert self._law is not None
        return self._law

    def take_up(self) -> None:
        """Take up the law in force, whoever brought it."""
        live = self._register.live_hash()
        if self._law is not None and live == self._law.hash:
            return
        if self._proposed is not None and live == self._proposed.hash:
            self._law = self._proposed
        else:
            self._law = self._register.live()
        logger.info("law taken up", extra={"action": "law", "law": live})

    def _read_files(self, now: datetime) -> None:
        """Make what the files say the proposal, if they say something new."""
        try:
            if law := self._files.look(now):
                self._proposed, self._offered = law, False
        except InvalidDocument as error:
            self._proposed = None
            self._failed()
            if self._register.live_hash() is None:
                raise
            logger.error(
                "plan files cannot be used, the law in force stays", extra={"action": "law", "error": str(error)}
            )

    def _propose(self, now: datetime) -> None:
        """Bring the proposal into force, unless approvals are missing; then it waits, and the next look asks again."""
        law, live = self._proposed, self._register.live_hash()
        if law is None or self._offered:
            return
        if live == law.hash:
            self._offered = True
            return
        if live is not None and self._needed:
            approvers = [one.approver for one in self._register.approvals(law.hash)]
            if len(approvers) < self._needed:
                self._say_waiting(law, approvers)
                return
        found = self._register.make_live(law, now)
        logger.info(
            "law is live",
            extra={
                "action": "law",
                "law": law.hash,
                "added": len(found.added),
                "changed": len(found.changed),
                "ended": len(found.ended),
            },
        )
        # Offered once: should another process bring a later law into force, these files are not put forward again.
        self._offered = True

    def _say_waiting(self, law: Law, approvers: list[str]) -> None:
        if self._waiting == f"{law.hash} {len(approvers)}":
            return
        self._waiting = f"{law.hash} {len(approvers)}"
        logger.warning(
            "a changed law waits for approval",
            extra={"action": "law", "law": law.hash, "approvers": approvers, "needed": self._needed},
        )
