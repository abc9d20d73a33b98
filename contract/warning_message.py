"""What other systems get of a change of a warning, on the warnings topic and by webhook."""

from typing import Any, Literal

from pydantic import AwareDatetime, Field

from planwatch.contract.report import Message

WARNING_SCHEMA: Literal["planwatch.warning/1"] = "planwatch.warning/1"


class LevelOfMessage(Message):
    """A level: severity orders, colour and label are what people see."""

    severity: int
    colour: str
    zh: str
    en: str


class WarningMessage(Message):
    """One change of one early warning. ``facts`` are the words and figures people are told, in Chinese and English."""

    schema_: Literal["planwatch.warning/1"] = Field(alias="schema", default=WARNING_SCHEMA)
    change_id: str
    warning_id: str
    number: int
    kind: str
    plan: str
    target: str
    subject: str
    yardstick: str
    period: str
    before: LevelOfMessage | None
    after: LevelOfMessage | None
    state: str
    cause: str
    corrected: bool
    changed_at: AwareDatetime
    facts: dict[str, Any]
