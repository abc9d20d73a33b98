"""Strict YAML: every value with the line it stands on, nothing guessed, nothing allowed twice."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from planwatch.contract.errors import InvalidDocument

Where = tuple[str | int, ...]
_PLAIN_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")  # YAML 1.1 would read 010 as eight and 1:30 as ninety
_SCALARS = {"str", "int", "float", "bool", "null"}


class _Loader(yaml.SafeLoader):
    """A safe loader of its own, so that nothing of PyYAML's shared tables is changed.

    Only what a reader of YAML expects is resolved: null, true, false, whole numbers, decimals. Dates stay text and
    are read by the model; ``yes``, ``on``, ``0o17`` and ``1:30`` stay the text they are.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012 - the name and the shape are PyYAML's
        first: [
            (tag, pattern)
            for tag, pattern in resolvers
            if tag.rsplit(":", 1)[-1] in {"null", "int", "float"} or (tag.endswith(":bool") and first in "tTfF")
        ]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Refuse aliases: a short file of nested ones can stand for gigabytes, and the law is clearer written out."""
        if self.check_event(yaml.AliasEvent):
            mark = self.get_mark()
            raise yaml.MarkedYAMLError(None, None, "aliases are not allowed: write the value out", mark)
        return super().compose_node(parent, index)


class _FastLoader(yaml.composer.Composer, yaml.CSafeLoader):
    """The same over libyaml, a fifth of the time. Whatever it refuses the other one reads again, and says why."""

    yaml_implicit_resolvers = _Loader.yaml_implicit_resolvers

    def __init__(self, text: str) -> None:
        yaml.CSafeLoader.__init__(self, text)
        yaml.composer.Composer.__init__(self)

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Refuse aliases."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("alias")
        return super().compose_node(parent, index)


@dataclass(slots=True)
class Source:
    """One YAML file as plain values: ``tree``, the line of each path in it, and the faults of the YAML itself."""

    file: str
    content: bytes
    tree: Any = None
    lines: dict[Where, int] = field(default_factory=dict)
    faults: list[tuple[int | None, str]] = field(default_factory=list)

    def line(self, path: Where) -> int | None:
        """The line of a path, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)

    def fault(self, path: Where, message: str) -> None:
        """Note a fault at a path."""
        self.faults.append((self.line(path), message))

    def refuse(self) -> None:
        """Raise InvalidDocument with all faults noted, in the order of their lines; return if there are none."""
        if self.faults:
            in_order = sorted(set(self.faults), key=lambda fault: (fault[0] or 0, fault[1]))
            raise InvalidDocument(self.file, tuple(in_order))


def read_yaml(path: Path) -> Source:
    """Read a file; raises InvalidDocument at once where it is no YAML, else leaves faults in the source."""
    try:
        content = path.read_bytes()
        text = content.decode()
    except OSError as error:
        raise InvalidDocument(str(path), ((None, f"cannot be read: {error.strerror}"),)) from error
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InvalidDocument(str(path), ((line, "is not UTF-8 text: save it as UTF-8"),)) from error
    return parse_yaml(text, str(path), content)


def parse_yaml(text: str, file: str, content: bytes = b"") -> Source:
    """Read YAML text; ``file`` is the name used in faults."""
    source = Source(file, content)
    try:
        _read(source, _FastLoader(text))
    except (yaml.YAMLError, RecursionError):
        source = Source(file, content)
        _read_slowly(source, text)
    return source


def _read(source: Source, loader: "_Loader | _FastLoader") -> None:
    try:
        node = loader.get_single_node()
        source.tree = None if node is None else _value(source, loader, node, ())
    finally:
        loader.dispose()


def _read_slowly(source: Source, text: str) -> None:
    """Read it once more, for errors that say what is wrong; raises InvalidDocument."""
    try:
        _read(source, _Loader(text))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise InvalidDocument(source.file, ((line, f"is no valid YAML: {error.problem or error.context}"),)) from error
    except yaml.YAMLError as error:
        raise InvalidDocument(source.file, ((None, f"is no valid YAML: {error}"),)) from error
    except RecursionError as error:
        raise InvalidDocument(source.file, ((None, "is nested too deeply"),)) from error


def _value(source: Source, loader: _Loader | _FastLoader, node: yaml.Node, path: Where) -> Any:
    source.lines.setdefault(path, node.start_mark.line + 1)
    if not isinstance(node, yaml.ScalarNode) and node.tag.rsplit(":", 1)[-1] not in ("map", "seq"):
        source.fault(path, _forbidden(node.tag))
    if isinstance(node, yaml.MappingNode):
        return _mapping(source, loader, node, path)
    if isinstance(node, yaml.SequenceNode):
        return [_value(source, loader, item, (*path, i)) for i, item in enumerate(node.value)]
    return _scalar(source, loader, node, path)


def _forbidden(tag: str) -> str:
    return f"the tag {tag} is not allowed; write plain text, numbers, true, false, null, lists and mappings"


def _mapping(source: Source, loader: _Loader | _FastLoader, node: yaml.MappingNode, path: Where) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line, key = key_node.start_mark.line + 1, key_node.value
        if not isinstance(key_node, yaml.ScalarNode) or not key_node.tag.endswith(":str"):
            source.faults.append((line, f'a key must be text: put it in quotes, e.g. "120000" (given: {key!r})'))
        elif key in found:
            source.faults.append((line, f"{key!r} stands here twice; first on line {source.lines[(*path, key)]}"))
        else:
            source.lines[(*path, key)] = line
            found[key] = _value(source, loader, value_node, (*path, key))
    return found


def _scalar(source: Source, loader: _Loader | _FastLoader, node: yaml.Node, path: Where) -> Any:
    kind = node.tag.rsplit(":", 1)[-1]
    if kind not in _SCALARS:
        source.fault(path, _forbidden(node.tag))
        return node.value
    if kind == "int" and not _PLAIN_INT.fullmatch(node.value):
        source.fault(path, f"write the whole number in plain digits or in quotes (given: {node.value})")
        return int("0" + re.sub("[^0-9]", "", node.value)[:17])
    return loader.construct_object(node)
