"""A request's body to single messages: one JSON object, an array of them, or one a line (NDJSON). Nothing is judged."""

import json
from dataclasses import dataclass

JSON_TYPES = ("application/json",)
LINE_TYPES = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines")


class UnusableBody(Exception):
    """The body cannot be taken apart; the text says how to send it."""


class UnknownType(Exception):
    """The body is of a type that is not read here."""


@dataclass(frozen=True, slots=True)
class Part:
    """One message as it was sent, with its place: ``index`` from 0, ``line`` of an NDJSON body from 1."""

    index: int
    raw: bytes
    line: int | None = None


def parts_of(body: bytes, content_type: str) -> list[Part]:
    """All messages of a body. Raises UnknownType or UnusableBody; a faulty single message is left to its check."""
    kind = content_type.partition(";")[0].strip().lower()
    body = body.removeprefix(b"\xef\xbb\xbf")
    if kind in LINE_TYPES:
        found = _lines(body)
    elif kind in JSON_TYPES:
        found = _elements(body)
    else:
        raise UnknownType(
            f"正文类型 {kind or '(无)'} 无法读取；请写 Content-Type: application/json 或 application/x-ndjson"
            " (send application/json or application/x-ndjson)"
        )
    if not found:
        raise UnusableBody("正文中没有报文 (the body holds no message)")
    return found


def _lines(body: bytes) -> list[Part]:
    lines = [(number, line) for number, line in enumerate(body.split(b"\n"), 1) if line.strip()]
    return [Part(index, line.strip(), number) for index, (number, line) in enumerate(lines)]


def _elements(body: bytes) -> list[Part]:
    """The one object as it came, or each element of an array written anew (its figures are text, so none changes)."""
    if not body.lstrip().startswith(b"["):
        return [Part(0, body)] if body.strip() else []
    try:
        elements = json.loads(body)
    except RecursionError as error:
        raise UnusableBody("正文嵌套过深，不是报文数组 (nested too deeply to be an array of messages)") from error
    except ValueError as error:
        raise UnusableBody(f"正文不是有效的 UTF-8 JSON 数组 (not a valid JSON array): {error}") from error
    return [Part(index, json.dumps(element).encode()) for index, element in enumerate(elements)]
