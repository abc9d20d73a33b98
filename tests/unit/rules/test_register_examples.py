"""The register entries a newcomer can load (docs/examples) show what they are there to show."""

from pathlib import Path

import pytest
from register_support import judged, make_check
from rules_support import GREEN, RED

from planwatch.contract.registry import parse_record

FILE = Path(__file__).parents[3] / "docs/examples/register-entries.ndjson"
ENTRIES = tuple(parse_record(line) for line in FILE.read_bytes().splitlines())


@pytest.mark.parametrize(
    ("check", "project", "level"),
    [
        ("built_before_approval", "first-lg-1", RED),
        ("policy_mismatch", "first-lg-1", GREEN),
        ("outside_park", "first-lg-1", GREEN),
        ("double_counted", "first-jp-1", RED),
        ("double_counted", "first-jp-2", RED),
        ("source_unknown", "first-jp-1", GREEN),
    ],
)
def test_the_example_entries_show_one_of_each(check, project, level):
    found = judged(make_check(check), "2025", *ENTRIES, subject=f"project:{project}")
    assert found.level == level


def test_the_double_count_begins_with_the_second_entry():
    found = judged(make_check("double_counted"), "2025-01~05", *ENTRIES, subject="project:first-jp-1")
    assert found.level == GREEN
