"""Named queries: every one is found, named once, and used."""

import re
from pathlib import Path

import pytest

from planwatch.storage.queries import load_queries

FOLDER = Path(__file__).resolve().parents[3] / "storage"
FILES = sorted(path.name for path in FOLDER.glob("*.sql"))
CODE = "\n".join(path.read_text("utf-8") for path in FOLDER.glob("*.py"))


@pytest.mark.parametrize("file", FILES)
def test_every_query_is_named_once_and_has_text(file):
    names = re.findall(r"^-- name: (\S+)", (FOLDER / file).read_text("utf-8"), re.MULTILINE)
    queries = vars(load_queries(file))
    assert sorted(queries) == sorted(set(names))
    assert all(re.search(r"^\s*[A-Z]", text, re.MULTILINE) for text in queries.values())


@pytest.mark.parametrize("file", FILES)
def test_no_query_is_left_over(file):
    unused = [name for name in vars(load_queries(file)) if not re.search(rf"QUERIES\.{name}\b", CODE)]
    assert unused == []
