"""Settings come from the environment; what is wrong is named by its variable."""

import pytest

from planwatch.contract.errors import SettingsError
from planwatch.service.settings import read_settings


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    import os

    for name in list(os.environ):
        if name.startswith("PLANWATCH_"):
            monkeypatch.delenv(name)


def test_settings_are_read_from_nested_variables(monkeypatch):
    monkeypatch.setenv("PLANWATCH_DATABASE__DSN", "postgresql://somebody@127.0.0.1/x")
    monkeypatch.setenv("PLANWATCH_KAFKA__BOOTSTRAP_SERVERS", "a:1, b:2")
    settings = read_settings()
    assert settings.database.url == "postgresql://somebody@127.0.0.1/x"
    assert settings.kafka.servers == ["a:1", "b:2"]


def test_secret_is_read_from_a_file(monkeypatch, tmp_path):
    (tmp_path / "dsn").write_text("postgresql://from-file@127.0.0.1/x\n")
    monkeypatch.setenv("PLANWATCH_DATABASE__DSN_FILE", str(tmp_path / "dsn"))
    assert "from-file" in read_settings().database.url


def test_secret_is_not_printed(monkeypatch):
    monkeypatch.setenv("PLANWATCH_DATABASE__DSN", "postgresql://u:hidden@127.0.0.1/x")
    assert "hidden" not in repr(read_settings())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PLANWATCH_DATABASE__POOL_SIZE", "many"),
        ("PLANWATCH_NOTIFY__SINCE", "2025"),
        ("PLANWATCH_OBSERVE__LOG_LEVEL", "LOUD"),
        ("PLANWATCH_KAFKA__BOOTSTRAP_SERVER", "a:1"),
    ],
)
def test_wrong_setting_is_named(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name):
        read_settings()


def test_missing_database_says_what_to_set():
    with pytest.raises(SettingsError, match="PLANWATCH_DATABASE__DSN"):
        _ = read_settings().database.url
