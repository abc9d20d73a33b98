"""The container and systemd files are valid, pinned, without secrets and in the words of our settings."""

import configparser
import json
import re
import tomllib
from datetime import date
from pathlib import Path, PurePosixPath

import pytest
import yaml
from jsonschema import Draft202012Validator

from planwatch.gateway.silence import in_service
from planwatch.plans.hj212_factors import load_factors, load_stations
from planwatch.service.settings import ApiSettings, Hj212Settings, Settings

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
SERVICES = COMPOSE["services"]
SPECIFICATION = Draft202012Validator(
    json.loads((ROOT / "tests" / "unit" / "deploy" / "compose-spec.json").read_text("utf-8"))
)
STAGES = ("ingest", "assess", "notify", "serve", "hj212")
OURS = ("migrate", *STAGES)
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def known_settings() -> set[str]:
    """The environment variable of every setting."""
    return {
        f"PLANWATCH_{group}__{name}".upper()
        for group, field in Settings.model_fields.items()
        for name in getattr(field.annotation, "model_fields", ())
    }


def unit(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    parser.optionxform = str
    parser.read_string(path.read_text("utf-8"))
    return parser


def test_compose_follows_the_specification():
    faults = [f"{'/'.join(map(str, fault.path))}: {fault.message}" for fault in SPECIFICATION.iter_errors(COMPOSE)]
    assert not faults


def test_schema_refuses_a_mistake():
    assert not SPECIFICATION.is_valid({"services": {"ingest": {"comand": "ingest"}}})


def test_compose_has_every_part_of_the_system():
    assert set(SERVICES) == {*OURS, "kafka", "timescaledb", "prometheus", "alertmanager", "grafana"}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_image_is_pinned(name):
    image, _, tag = SERVICES[name]["image"].rpartition(":")
    assert image
    assert re.search(r"\d+\.\d+", tag), f"{name}: {tag!r} is not a version"
    assert "latest" not in tag


def test_our_image_has_our_version():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert {SERVICES[name]["image"] for name in OURS} == {f"planwatch:{version}"}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_ports_are_published_on_loopback_only(name):
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_service_restarts_and_is_checked(name):
    assert SERVICES[name]["restart"] == "unless-stopped"
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"


def test_migration_runs_once_before_the_stages():
    assert SERVICES["migrate"]["restart"] == "no"
    for stage in STAGES:
        assert SERVICES[stage]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


@pytest.mark.parametrize("name", OURS)
def test_our_containers_run_their_command_with_few_rights(name):
    service = SERVICES[name]
    assert service["command"] == [name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]


@pytest.mark.parametrize("name", OURS)
def test_our_containers_use_settings_that_exist(name):
    given = {key for key in SERVICES[name]["environment"] if key.startswith("PLANWATCH_")}
    assert given, "a container without settings cannot work"
    assert not given - known_settings()


@pytest.mark.parametrize("stage", STAGES)
def test_health_check_asks_the_port_that_is_served(stage):
    port = SERVICES[stage]["environment"]["PLANWATCH_OBSERVE__PORT"]
    assert f"127.0.0.1:{port}/readyz" in " ".join(SERVICES[stage]["healthcheck"]["test"])


def test_no_secret_is_written_down():
    for name, service in SERVICES.items():
        for key, value in service.get("environment", {}).items():
            if re.search("PASSWORD|TOKEN|SECRET|DSN", key) and not value.startswith("/"):  # a path holds no secret
                assert re.search(r"\$\{\w+:\?", value), f"{name}: {key} must come from the environment"


def test_mounted_files_are_there():
    mounts = [mount.split(":")[0] for service in SERVICES.values() for mount in service.get("volumes", [])]
    needed = {mount for mount in mounts if mount.startswith("./")}
    assert needed
    assert not [mount for mount in needed if not (DEPLOY / mount).exists()]


@pytest.mark.parametrize(
    ("name", "variable"), [("serve", "PLANWATCH_API__TOKENS"), ("hj212", "PLANWATCH_HJ212__STATIONS")]
)
def test_file_looked_at_again_while_running_is_mounted_with_its_folder(name, variable):
    """A file mounted alone would stay the old one where an editor saves by renaming."""
    inside = PurePosixPath(SERVICES[name]["environment"][variable])
    (mount,) = SERVICES[name]["volumes"]
    outside, target, mode = mount.split(":")
    assert (target, mode) == (str(inside.parent), "ro")
    assert (DEPLOY / outside / inside.name).is_file()


def test_shipped_mapping_is_sound_and_waits_for_nobody():
    mapping = load_stations(DEPLOY / "hj212" / "stations.yaml", load_factors())
    assert mapping.stations
    assert in_service(mapping, date(2026, 1, 1)) == ()


@pytest.mark.parametrize(("name", "group"), [("serve", ApiSettings()), ("hj212", Hj212Settings())])
def test_entrance_listens_on_the_port_that_is_published(name, group):
    prefix = {"serve": "PLANWATCH_API__", "hj212": "PLANWATCH_HJ212__"}[name]
    environment, (published,) = SERVICES[name]["environment"], SERVICES[name]["ports"]
    assert environment[f"{prefix}HOST"] == "0.0.0.0"
    assert published.rpartition(":")[2] == environment[f"{prefix}PORT"] == str(group.port)


def test_grafana_is_told_everything_its_provisioning_asks_for():
    asked = {
        name
        for file in (DEPLOY / "grafana" / "provisioning").rglob("*.yaml")
        for name in re.findall(r"\$\{?(PLANWATCH_\w+)", re.sub(r"(?m)^\s*#.*", "", file.read_text("utf-8")))
    }
    assert asked
    assert not asked - set(SERVICES["grafana"]["environment"])


def test_prometheus_scrapes_every_stage():
    document = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text("utf-8"))
    job = next(job for job in document["scrape_configs"] if job["job_name"] == "planwatch")
    assert {config["targets"][0]: config["labels"]["stage"] for config in job["static_configs"]} == {
        f"{stage}:9464": stage for stage in STAGES
    }


def test_alertmanager_groups_and_repeats_sensibly():
    document = yaml.safe_load((DEPLOY / "alertmanager" / "alertmanager.yml").read_text("utf-8"))
    route = document["route"]
    assert route["group_by"] == ["alertname", "region"]
    assert (route["group_wait"], route["group_interval"], route["repeat_interval"]) == ("10s", "30s", "24h")
    assert [receiver["name"] for receiver in document["receivers"]] == [route["receiver"]]


def test_image_is_pinned_and_does_not_run_as_root():
    lines = (DEPLOY / "Dockerfile").read_text("utf-8").splitlines()
    assert {line.split()[1] for line in lines if line.startswith("FROM")} == {"python:3.12-slim"}
    assert [line for line in lines if line.startswith("USER")] == ["USER 10001:10001"]
    assert 'ENTRYPOINT ["planwatch"]' in lines


def test_docker_build_sees_what_the_wheel_needs():
    ignored = (ROOT / ".dockerignore").read_text("utf-8").split()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    packages = {package.split(".")[1] for package in project["tool"]["setuptools"]["packages"]}
    assert not packages & set(ignored)
    assert {"build", ".venv", ".stack", ".git"} <= set(ignored)


def test_every_command_has_its_unit():
    assert {path.stem for path in UNITS} == {f"planwatch-{name}" for name in OURS}


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_unit_starts_its_command_unprivileged(path):
    service = unit(path)["Service"]
    program, command = service["ExecStart"].split()
    assert program == "/opt/planwatch/bin/planwatch"
    assert command in OURS
    assert path.stem == f"planwatch-{command}"
    assert service["EnvironmentFile"] == "/etc/planwatch/env"
    assert service["DynamicUser"] == service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"


def test_units_of_all_stages_are_confined_alike():
    """What is tightened or loosened for one is so for all; only what a unit runs, and its port, is its own."""
    own = {"ExecStart", "Environment"}
    rules = {
        path.stem: {key: value for key, value in unit(path)["Service"].items() if key not in own}
        for path in UNITS
        if path.stem.removeprefix("planwatch-") in STAGES
    }
    assert len(rules) == len(STAGES)
    assert all(found == rules["planwatch-ingest"] for found in rules.values())


def test_stages_on_one_machine_do_not_share_a_port():
    ports = [unit(DEPLOY / "systemd" / f"planwatch-{stage}.service")["Service"]["Environment"] for stage in STAGES]
    assert len(set(ports)) == len(STAGES)
    assert all(setting.partition("=")[0] in known_settings() for setting in ports)
