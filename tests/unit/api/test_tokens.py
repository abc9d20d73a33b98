"""Tokens: their file, their making, and that nothing of them leaks."""

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planwatch.api.limits import Rates
from planwatch.api.tokens import digest, new_secret
from planwatch.contract.errors import InvalidDocument
from planwatch.service.__main__ import build
from planwatch.service.token_file import fingerprint_of, read_tokens

TODAY = date(2025, 4, 12)


def made(*words):
    done = CliRunner().invoke(build("tokens"), ["tokens", "new", *words])
    assert done.exit_code == 0, done.output
    secret, _, lines = done.stdout.partition("\n")
    return secret, lines


def test_printed_lines_are_what_the_file_needs(tmp_path):
    file = tmp_path / "tokens.toml"
    first, lines = made("--unit", "91500000MA5U00000X", "--name", '一厂 "甲"', "--expires", "2025-12-31")
    second, more = made("--region", "500101", "--region", "500102")
    file.write_text(lines + more, "utf-8")
    tokens = read_tokens(file)
    assert tokens.holder(first, TODAY).units == ("91500000MA5U00000X",)
    assert tokens.holder(first, date(2025, 12, 31)) is not None
    assert tokens.holder(first, date(2026, 1, 1)) is None
    assert tokens.holder(second, TODAY).regions == ("500101", "500102")
    assert tokens.holder(second + "x", TODAY) is None
    assert first not in file.read_text("utf-8")


def test_every_token_is_another():
    assert len({new_secret() for _ in range(100)}) == 100


def test_token_for_nobody_is_not_made():
    done = CliRunner().invoke(build("tokens"), ["tokens", "new", "--name", "x"])
    assert done.exit_code == 2


def test_json_is_read_too(tmp_path):
    file = tmp_path / "tokens.json"
    file.write_text(json.dumps({"token": [{"name": "a", "sha256": digest("s"), "units": ["U1"]}]}))
    assert read_tokens(file).holder("s", TODAY).name == "a"


FILES = {
    "no digest": ('[[token]]\nname = "a"\nunits = ["U1"]\n', "sha256"),
    "bound to nobody": (f'[[token]]\nname = "a"\nsha256 = "{digest("x")}"\n', "units or the regions"),
    "digest twice": (
        "".join(f'[[token]]\nname = "{name}"\nsha256 = "{digest("x")}"\nunits = ["U1"]\n' for name in "ab"),
        "more than once",
    ),
    "unknown key": (f'[[token]]\nname = "a"\nsha256 = "{digest("x")}"\nunit = "U1"\n', "unknown key"),
    "no TOML": ("[[token]\n", "not what its ending says"),
}


@pytest.mark.parametrize(("text", "said"), FILES.values(), ids=FILES)
def test_file_at_fault_is_refused_with_words(tmp_path, text, said):
    file = tmp_path / "tokens.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(InvalidDocument, match=said):
        read_tokens(file)


def test_token_written_where_its_digest_belongs_is_not_repeated(tmp_path):
    file = tmp_path / "tokens.toml"
    file.write_text('[[token]]\nname = "a"\nsha256 = "pwt_secret"\nunits = ["U1"]\n', "utf-8")
    with pytest.raises(InvalidDocument) as refused:
        read_tokens(file)
    assert "pwt_secret" not in str(refused.value)


def test_shipped_file_lets_nobody_in():
    assert read_tokens(Path(__file__).parents[3] / "deploy" / "serve" / "tokens.toml").known == ()


def test_fingerprint_follows_the_content(tmp_path):
    file = tmp_path / "t"
    assert fingerprint_of(file) == ""
    file.write_text("a")
    before = fingerprint_of(file)
    file.write_text("b")
    assert "" != fingerprint_of(file) != before


def test_bucket_fills_with_time_and_never_over_its_size():
    now = [0.0]
    rates = Rates(lambda: now[0])
    assert [rates.wait_seconds("a", 60) for _ in range(60)] == [0.0] * 60
    assert rates.wait_seconds("a", 60) == pytest.approx(1)
    now[0] = 3600
    assert [rates.wait_seconds("a", 60) for _ in range(61)].count(0.0) == 60
