"""The file of tokens: TOML (or JSON) to tokens, and the lines `planwatch tokens new` prints for it."""

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

from planwatch.api.tokens import Token, TokenList, Tokens
from planwatch.contract.errors import InvalidDocument
from planwatch.contract.strict import read_strict


def read_tokens(path: Path) -> Tokens:
    """The tokens of a file. Raises InvalidDocument with every fault; it never repeats what stands in the file."""
    raw = _plain(path)
    found = read_strict(raw, TokenList)
    if isinstance(found, TokenList):
        return Tokens.of(found.token)
    faults = tuple(
        (None, f"{'.'.join(map(str, fault.where)) or 'file'}: {_without_value(fault.message)}") for fault in found
    )
    raise InvalidDocument(str(path), faults)


def fingerprint_of(path: Path) -> str:
    """What tells whether the file's content has changed; empty while it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def entry_text(token: Token) -> str:
    """A token as it is written into the file."""
    lines = ["[[token]]", f"name = {_quoted(token.name)}", f"sha256 = {_quoted(token.sha256)}"]
    for key, values in (("units", token.units), ("regions", token.regions)):
        if values:
            lines.append(f"{key} = [{', '.join(map(_quoted, values))}]")
    if token.expires is not None:
        lines.append(f"expires = {_quoted(token.expires.isoformat())}")
    return "\n".join(lines) + "\n"


def _plain(path: Path) -> Any:
    try:
        text = path.read_text("utf-8")
        read = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except OSError as error:
        raise InvalidDocument(str(path), ((None, f"cannot be read: {error.strerror or error}"),)) from error
    except ValueError as error:  # both formats' errors, and text that is not UTF-8
        raise InvalidDocument(str(path), ((None, f"is not what its ending says: {error}"),)) from error
    return json.loads(json.dumps(read, default=str))  # a date of TOML is text, as everywhere in our contract


def _without_value(message: str) -> str:
    """What is wrong, without the value: whoever wrote the token itself where its digest belongs finds it in no log."""
    return message.partition(" (given:")[0]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a JSON string is a basic string of TOML
