"""What `make stack` starts of planwatch: the table of programs, their ports, and what Prometheus is told."""

import pytest
import yaml
from dashboards_support import ROOT
from programs import OBSERVED_FROM, PROGRAMS, Place, place_for, targets

from planwatch.service.commands.run import STAGES as OF_RUN
from planwatch.service.settings import Settings

BY_COMMAND = {program.command: program for program in PROGRAMS}


def nothing_else_listens(port):
    return True


def test_everything_prometheus_scrapes_in_containers_is_started_locally_too():
    document = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text("utf-8"))
    job = next(job for job in document["scrape_configs"] if job["job_name"] == "planwatch")
    scraped = {config["labels"]["stage"] for config in job["static_configs"]}
    assert {stage for program in PROGRAMS for stage in program.stages} == scraped


def test_table_agrees_with_run_and_with_the_settings():
    assert BY_COMMAND["run"].stages == OF_RUN
    settings = Settings.model_construct()
    assert (BY_COMMAND["serve"].port, BY_COMMAND["hj212"].port) == (settings.api.port, settings.hj212.port)
    for program in PROGRAMS[1:]:
        group, name = program.listens.removeprefix("PLANWATCH_").lower().split("__")
        assert name in type(getattr(settings, group)).model_fields


@pytest.mark.parametrize(
    ("busy", "observed", "own"),
    [
        pytest.param((), [9464], 8080, id="all free"),
        pytest.param((9464, 8080), [9465], 8081, id="both taken"),
        pytest.param((9464, 9465, 8080, 8081), [9466], 8082, id="taken in a row"),
    ],
)
def test_ports_are_the_first_free_ones(busy, observed, own):
    place = place_for(BY_COMMAND["serve"], 8080, (), lambda port: port not in busy)
    assert (list(place.observed.values()), place.own) == (observed, own)


def test_stages_of_run_get_ports_in_a_row_and_none_of_their_own():
    place = place_for(BY_COMMAND["run"], 0, {9465}, nothing_else_listens)
    assert place == Place({"ingest": 9466, "assess": 9467, "notify": 9468})
    assert place.all == {9466, 9467, 9468}


def test_program_just_started_keeps_its_ports_before_it_listens():
    taken: set[int] = set()
    for program in PROGRAMS:
        place = place_for(program, program.port, taken, nothing_else_listens)
        assert not place.all & taken
        taken |= place.all
    assert len(taken) == sum(len(program.stages) + bool(program.listens) for program in PROGRAMS)


def test_own_port_is_not_one_of_those_observed():
    place = place_for(BY_COMMAND["hj212"], OBSERVED_FROM, (), nothing_else_listens)
    assert (place.observed, place.own) == ({"hj212": OBSERVED_FROM}, OBSERVED_FROM + 1)


def test_prometheus_is_told_each_stage_by_name():
    told = targets({"run": Place({"ingest": 1, "assess": 2}), "serve": Place({"serve": 3}, 8080)})
    assert [(one["targets"], one["labels"]) for one in told] == [
        (["127.0.0.1:1"], {"stage": "ingest"}),
        (["127.0.0.1:2"], {"stage": "assess"}),
        (["127.0.0.1:3"], {"stage": "serve"}),
    ]
