"""Who may send what: tokens bound to units or regions, known only by their SHA-256."""

import hashlib
import hmac
import secrets
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from planwatch.contract.document import Document
from planwatch.contract.registry_entry import RegionCode
from planwatch.contract.report import Identifier, Name

PREFIX = "pwt_"
"""What every token begins with, so that people and scanners of leaked secrets know what they see."""


class Token(Document):
    """One token: its digest, who holds it, and the units or regions it speaks for."""

    name: Name
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    units: tuple[Identifier, ...] = ()
    regions: tuple[RegionCode, ...] = ()
    expires: date | None = None

    @model_validator(mode="after")
    def _bound_to_somebody(self) -> Self:
        if not self.units and not self.regions:
            raise ValueError("name the units or the regions this token speaks for")
        return self


class TokenList(Document):
    """The file of tokens; an empty one lets nobody send."""

    token: Annotated[tuple[Token, ...], Field(max_length=10_000)] = ()

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        for what, values in (
            ("sha256", [one.sha256 for one in self.token]),
            ("name", [one.name for one in self.token]),
        ):
            if twice := sorted(value for value, times in Counter(values).items() if times > 1):
                raise ValueError(f"{what} stated more than once: {', '.join(twice)}")
        return self


@dataclass(frozen=True)
class Tokens:
    """The tokens in force."""

    known: tuple[Token, ...]

    @classmethod
    def of(cls, tokens: Iterable[Token]) -> "Tokens":
        """Tokens as a file lists them."""
        return cls(tuple(tokens))

    def holder(self, secret: str, today: date) -> Token | None:
        """The token this secret is, or None; one that has expired is none. Takes as long whichever it is."""
        given, found = digest(secret), None
        for token in self.known:
            if hmac.compare_digest(given, token.sha256):
                found = token
        if found is None or (found.expires is not None and today > found.expires):
            return None
        return found


def digest(secret: str) -> str:
    """What is kept of a token. It is random and long, so a plain hash cannot be turned back by guessing."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret() -> str:
    """A token nobody has: 256 random bits as text."""
    return PREFIX + secrets.token_urlsafe(32)
