"""A request's body to single messages: one JSON object, an array of them, or one a line (NDJSON). Nothing is judged."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from planwatch.contract.fault_words import Said

JSON_TYPES = ("application/json",)
LINE_TYPES = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines")


class UnusableBody(Said):
    """The body cannot be taken apart; the text says how to send it."""


class UnknownType(Said):
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
            f"a body of type {kind or '(none)'} is not read; send application/json or application/x-ndjson",
            f"正文类型 {kind or '(无)'} 无法读取；请写 Content-Type: application/json 或 application/x-ndjson",
        )
    if not found:
        raise UnusableBody("the body holds no message", "正文中没有报文")
    return found


def _lines(body: bytes) -> list[Part]:
    lines = [(number, line) for number, line in enumerate(body.split(b"\n"), 1) if line.strip()]
    return [Part(index, line.strip(), number) for index, (number, line) in enumerate(lines)]


def _elements(body: bytes) -> list[Part]:
    """The one object, or each element of an array, as it came: written anew it would lose a key stated twice."""
    if not body.lstrip().startswith(b"["):
        return [Part(0, body)] if body.strip() else []
    try:
        return [
            Part(index, one.encode()) for index, one in enumerate(_written(body.decode(json.detect_encoding(body))))
        ]
    except RecursionError as error:
        raise UnusableBody("nested too deeply to be an array of messages", "正文嵌套过深，不是报文数组") from error
    except ValueError as error:
        raise UnusableBody(f"not a valid JSON array: {error}", f"正文不是有效的 UTF-8 JSON 数组：{error}") from error


def _written(text: str) -> Iterator[str]:
    """The text of each element of a JSON array; ValueError or RecursionError where it is none."""
    read = json.JSONDecoder(parse_int=str, parse_float=str).raw_decode
    at = end = _after_space(text, _after_space(text, 0) + 1)
    if text[at : at + 1] != "]":
        while True:
            _, end = read(text, at)
            yield text[at:end]
            end = _after_space(text, end)
            if text[end : end + 1] != ",":
                break
            at = _after_space(text, end + 1)
    if text[end : end + 1] != "]":
        raise json.JSONDecodeError("Expecting ',' delimiter", text, end)
    if (rest := _after_space(text, end + 1)) < len(text):
        raise json.JSONDecodeError("Extra data", text, rest)


def _after_space(text: str, at: int) -> int:
    while text[at : at + 1] in (" ", "\t", "\n", "\r"):
        at += 1
    return at
