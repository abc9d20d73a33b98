"""Where the software of the local stack comes from, how it is installed, and what its servers are told."""

import json
import os
from pathlib import Path

import debian_sources
import prerequisites
import pytest
import server_alertmanager
import server_kafka
import server_prometheus
import server_timescaledb
import software
import stack
from report import StackError


@pytest.fixture
def etc(tmp_path):
    (tmp_path / "sources.list.d").mkdir()
    return tmp_path


def write_sources(etc, name, text):
    (etc / name).write_text(text, "utf-8")


# --- the mirror ---------------------------------------------------------------------------------


def test_one_line_source_is_read_with_its_options(etc):
    write_sources(
        etc,
        "sources.list",
        "# deb http://a.invalid/debian bookworm main\n"
        "deb-src http://b.invalid/debian bookworm main\n"
        "deb [arch=amd64 signed-by=/etc/apt/keyrings/ours.gpg] http://c.invalid/debian bookworm main contrib # ours\n",
    )
    source = debian_sources.machine_source(etc)
    assert source.uris == ("http://c.invalid/debian",)
    assert source.options == (("signed-by", "/etc/apt/keyrings/ours.gpg"),)


def test_deb822_source_is_read_with_its_options(etc):
    write_sources(
        etc,
        "sources.list.d/debian.sources",
        "Types: deb deb-src\nURIs: http://a.invalid/debian\nSuites: bookworm bookworm-updates\nComponents: main\n"
        "# a comment\nTrusted: yes\n",
    )
    source = debian_sources.machine_source(etc)
    assert (source.uris, source.options) == (("http://a.invalid/debian",), (("trusted", "yes"),))


def test_sources_that_are_not_debians_main_archive_are_passed_over(etc):
    write_sources(etc, "sources.list", "deb http://a.invalid/security bookworm-security main\n")
    write_sources(
        etc, "sources.list.d/1.sources", "Types: deb\nURIs: http://b.invalid\nSuites: nodistro\nComponents: main\n"
    )
    write_sources(
        etc,
        "sources.list.d/2.sources",
        "Types: deb\nURIs: http://c.invalid\nSuites: sid\nComponents: main\nEnabled: no\n\n"
        "Types: deb\nURIs: http://d.invalid\nSuites: stable\nComponents: main\n",
    )
    assert debian_sources.machine_source(etc).uris == ("http://d.invalid",)


def test_missing_mirror_is_explained(etc):
    with pytest.raises(StackError, match="PLANWATCH_STACK_DEBIAN_MIRROR"):
        debian_sources.machine_source(etc)


def test_mirror_can_be_given(etc, monkeypatch):
    monkeypatch.setenv("PLANWATCH_STACK_DEBIAN_MIRROR", "http://mine.invalid/debian")
    assert debian_sources.machine_source(etc).uris == ("http://mine.invalid/debian",)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "Signed-By: {whole}"),
        ({"signed-by": "/usr/share/keyrings/debian-archive-bookworm-stable.gpg"}, "Signed-By: {whole}"),
        ({"signed-by": "/etc/apt/keyrings/company.gpg"}, "Signed-By: /etc/apt/keyrings/company.gpg"),
        ({"trusted": "yes"}, "Trusted: yes"),
        ({"check-valid-until": "no"}, "Check-Valid-Until: no"),
    ],
)
def test_private_source_keeps_the_machines_trust(tmp_path, options, expected):
    whole = tmp_path / "whole.gpg"
    whole.touch()
    source = debian_sources.Source(("http://a.invalid/debian",), ("bookworm",), ("main",), tuple(options.items()))
    lines = debian_sources.private_stanza(source, [whole]).splitlines()
    assert lines[:4] == ["Types: deb", "URIs: http://a.invalid/debian", "Suites: trixie", "Components: main"]
    assert expected.format(whole=whole) in lines


def test_key_written_into_a_source_survives(etc):
    key = "Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc\n -----END PGP PUBLIC KEY BLOCK-----"
    write_sources(
        etc, "sources.list.d/d.sources", f"Types: deb\nURIs: http://a.invalid\nSuites: sid\nComponents: main\n{key}\n"
    )
    written = debian_sources.private_stanza(debian_sources.machine_source(etc), [])
    assert " .\n abc\n -----END PGP PUBLIC KEY BLOCK-----\n" in written


def test_no_host_of_a_mirror_is_written_down():
    for file in Path(stack.__file__).parent.glob("*"):
        if file.is_file():
            text = file.read_text("utf-8").replace("http://maven.apache.org/POM/4.0.0", "")
            assert "https://" not in text, file.name
            assert all(part.startswith("127.0.0.1") for part in text.split("http://")[1:]), file.name


# --- what is unpacked and written ---------------------------------------------------------------


@pytest.mark.parametrize(
    "package", ["postgresql-17", "postgresql-client-17", "libicu76", "zlib1g", "libc6", "patchelf"]
)
def test_needed_package_is_kept(package):
    assert server_timescaledb.is_wanted(package)


@pytest.mark.parametrize("package", ["perl", "libllvm19", "libperl5.40", "postgresql-common", "libc-bin", "locales"])
def test_unneeded_package_is_left_out(package):
    assert not server_timescaledb.is_wanted(package)


def test_database_is_durable_unless_fast():
    assert "fsync" not in server_timescaledb.configuration(5432, fast=False)
    assert "fsync = 'off'" in server_timescaledb.configuration(5432, fast=True)


def test_database_listens_on_loopback_only():
    assert "listen_addresses = '127.0.0.1'" in server_timescaledb.configuration(5432, fast=False)


def test_alertmanager_keeps_its_length_when_relocated():
    program = b"before\0" + server_alertmanager.COMPILED_IN + b"/ui/" + server_alertmanager.COMPILED_IN + b"after"
    relocated = server_alertmanager.relocated(program)
    assert len(relocated) == len(program)
    assert server_alertmanager.COMPILED_IN not in relocated
    assert os.path.normpath(relocated[7 : 7 + len(server_alertmanager.COMPILED_IN)]) == b"."


def test_changed_alertmanager_is_noticed():
    with pytest.raises(StackError, match="has changed"):
        server_alertmanager.relocated(b"nothing of the kind")


def test_local_alertmanager_does_not_wait():
    route = json.loads(server_alertmanager.configuration("http://127.0.0.1:9/"))["route"]
    assert (route["group_wait"], route["group_interval"]) == ("1s", "1s")


def test_local_prometheus_knows_targets_rules_and_alertmanager():
    document = json.loads(server_prometheus.configuration(1, 2, Path("/t/targets.json"), Path("/r")))
    assert document["rule_files"] == ["/r/*.yml"]
    assert document["scrape_configs"][0]["file_sd_configs"][0]["files"] == ["/t/targets.json"]
    assert document["alerting"]["alertmanagers"][0]["static_configs"] == [{"targets": ["127.0.0.1:2"]}]


def test_local_broker_makes_no_topics_by_itself():
    lines = server_kafka.configuration(1, 2, Path("/k")).splitlines()
    assert "auto.create.topics.enable=false" in lines
    assert "listeners=PLAINTEXT://127.0.0.1:1,CONTROLLER://127.0.0.1:2" in lines


# --- installing ---------------------------------------------------------------------------------


def build(folder):
    (folder / "program").write_text("works", "utf-8")


def test_installed_software_is_complete(tmp_path):
    software.install("x", tmp_path / "x", {"recipe": 1}, build)
    assert software.is_complete(tmp_path / "x", {"recipe": 1})
    assert [entry.name for entry in tmp_path.iterdir()] == ["x"]


def test_changed_recipe_is_noticed(tmp_path):
    software.install("x", tmp_path / "x", {"recipe": 1}, build)
    assert not software.is_complete(tmp_path / "x", {"recipe": 2})


@pytest.mark.parametrize(
    "damage", [Path.unlink, lambda file: file.write_text("", "utf-8"), lambda file: file.with_name("y").touch()]
)
def test_damage_is_noticed_and_repaired(tmp_path, damage):
    software.install("x", tmp_path / "x", {}, build)
    damage(tmp_path / "x" / "program")
    assert not software.is_complete(tmp_path / "x", {})
    software.install("x", tmp_path / "x", {}, build)
    assert software.is_complete(tmp_path / "x", {})


def test_interrupted_build_leaves_nothing_that_looks_finished(tmp_path):
    def interrupted(folder):
        build(folder)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        software.install("x", tmp_path / "x", {}, interrupted)
    assert not software.is_complete(tmp_path / "x", {})
    software.install("x", tmp_path / "x", {}, build)
    assert [entry.name for entry in tmp_path.iterdir()] == ["x"]


def test_everything_missing_is_named_at_once(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(StackError) as raised:
        prerequisites.check([prerequisites.MAVEN, prerequisites.DPKG, prerequisites.MAVEN])
    assert "'mvn'" in str(raised.value)
    assert str(raised.value).endswith("apt-get install -y dpkg maven")
