"""The schemas other people build on are those of the models, and they accept what we send."""

import json
from pathlib import Path

import jsonschema
import pytest

from planwatch.contract.errors import InvalidMessage
from planwatch.contract.report import parse_report
from planwatch.contract.schemas import asyncapi, files, json_schemas

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "schemas"
REPORT = {
    "schema": "planwatch.report/1",
    "report_id": "r-1",
    "subject": {"kind": "region", "id": "500000"},
    "period": "2025-02",
    "cumulative": True,
    "submitted_at": "2025-03-10T08:00:00+08:00",
    "readings": [{"indicator": "energy.total", "value": "12.50", "unit": "万tce"}],
}


def test_checked_in_files_are_those_of_the_models():
    there = {path.name: path.read_text("utf-8") for path in FOLDER.iterdir()}
    assert there == files(), "run `make schemas`"


def test_report_schema_and_model_accept_the_same_report():
    jsonschema.validate(REPORT, json_schemas()["report"])
    report = parse_report(json.dumps(REPORT).encode())
    jsonschema.validate(json.loads(report.to_json()), json_schemas()["report"])


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param({"period": "2025-13"}, id="month 13"),
        pytest.param({"readings": []}, id="no readings"),
        pytest.param({"readings": [{"indicator": "gdp", "value": 12.5, "unit": "CNY"}]}, id="number instead of text"),
        pytest.param({"extra": 1}, id="unknown field"),
        pytest.param({"subject": {"kind": "city", "id": "500000"}}, id="unknown kind"),
    ],
)
def test_report_schema_refuses_what_the_model_refuses(spoil):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(REPORT | spoil, json_schemas()["report"])
    with pytest.raises(InvalidMessage):
        parse_report(json.dumps(REPORT | spoil).encode())


def test_asyncapi_names_only_messages_and_channels_that_exist():
    document = asyncapi()
    assert document["asyncapi"].startswith("3.")
    messages = set(document["components"]["messages"])
    for name, channel in document["channels"].items():
        assert set(channel["messages"]) <= messages
        operation = next(o for o in document["operations"].values() if o["channel"]["$ref"] == f"#/channels/{name}")
        assert operation["action"] in ("send", "receive")
    for message in document["components"]["messages"].values():
        assert (FOLDER / message["payload"]["$ref"].removeprefix("./")).is_file()
