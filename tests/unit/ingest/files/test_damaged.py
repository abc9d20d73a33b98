"""Damaged files are loaded with every row accounted for, or refused in words; nothing else ever happens."""

from collections import Counter
from pathlib import Path

import pytest
from files_support import CATALOGUE
from fuzz.files import damaged

from planwatch.contract.errors import InvalidDocument
from planwatch.ingest.files.loading import Loading
from planwatch.service.commands.load import read_mapping

DIRTY = Path(__file__).resolve().parents[3] / "dirty"


@pytest.mark.parametrize("seed", [1, 2])
def test_damaged_file_is_accounted_for_or_refused(tmp_path, seed):
    mapping = read_mapping(DIRTY / "wide.yaml", CATALOGUE)
    files = sorted(path for path in DIRTY.iterdir() if path.suffix in (".csv", ".txt", ".xlsx"))
    fates = Counter()
    for number, (name, content) in enumerate(damaged(seed, files, 200)):
        path = tmp_path / f"{number}-{name}"
        path.write_bytes(content)
        loading = Loading(path, mapping, CATALOGUE)
        try:
            list(loading.reports())
        except InvalidDocument as error:
            assert str(error).startswith(str(path))
            fates["refused"] += 1
            continue
        assert loading.account.balanced
        fates["rejected rows" if loading.account.rows_rejected else "loaded"] += 1
    assert all(fates[fate] > 0 for fate in ("refused", "rejected rows", "loaded")), fates
