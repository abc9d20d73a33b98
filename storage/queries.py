"""SQL lives in .sql files: blocks that open with «-- name: verb_noun» become attributes of that name."""

import re
from importlib.resources import files
from types import SimpleNamespace

_BLOCK = re.compile(r"^-- name: (?P<name>[a-z_]+)\s*$", re.MULTILINE)


def load_queries(file: str) -> SimpleNamespace:
    """The named queries of a file of this package, as text.

    >>> "SELECT" in load_queries("assess.sql").count_marks
    True
    """
    text = (files("planwatch.storage") / file).read_text("utf-8")
    starts = list(_BLOCK.finditer(text))
    ends = [start.start() for start in starts[1:]] + [len(text)]
    named = {start["name"]: text[start.end() : end].strip() for start, end in zip(starts, ends, strict=True)}
    if len(named) != len(starts):
        raise ValueError(f"{file} names a query twice")
    return SimpleNamespace(**named)
