"""The contract for other people's programs: JSON Schemas and an AsyncAPI 3 document, generated from the models."""

import json
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from planwatch.contract.registry import RegistryRecord
from planwatch.contract.rejected import Rejected
from planwatch.contract.report import Report
from planwatch.contract.warning_message import WarningMessage

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schemas() -> dict[str, dict[str, Any]]:
    """File name (without ending) to JSON Schema of each message on a topic."""
    record: TypeAdapter[Any] = TypeAdapter(RegistryRecord)
    return {
        "report": {"$schema": DIALECT, **Report.model_json_schema(by_alias=True)},
        "registry-record": {"$schema": DIALECT, "title": "RegistryRecord", **record.json_schema(by_alias=True)},
        "rejected": {"$schema": DIALECT, **Rejected.model_json_schema(by_alias=True, mode="serialization")},
        "warning": {"$schema": DIALECT, **WarningMessage.model_json_schema(by_alias=True, mode="serialization")},
    }


_CHANNELS = {
    "reports": ("planwatch.reports.v1", "report", "receive", "key: kind:id of the subject. Partitioned by subject."),
    "registry": ("planwatch.registry.v1", "registry-record", "receive", "key: kind:id of the subject. Compacted."),
    "rejects": ("planwatch.rejects.v1", "rejected", "send", "key: that of the rejected message."),
    "warnings": (
        "planwatch.warnings.v1",
        "warning",
        "send",
        "key: id of the warning, so that its changes keep their order.",
    ),
}


def asyncapi() -> dict[str, Any]:
    """The topics, what travels on them and in which direction, seen from planwatch."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "planwatch",
            "version": ".".join(version("planwatch").split(".")[:2]),
            "description": "Monthly energy and pollutant reports in; rejects and changes of early warnings out.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {
            name: {
                "address": topic,
                "description": about,
                "messages": {schema: {"$ref": f"#/components/messages/{schema}"}},
            }
            for name, (topic, schema, _, about) in _CHANNELS.items()
        },
        "operations": {
            f"{action}{name.capitalize()}": {
                "action": action,
                "channel": {"$ref": f"#/channels/{name}"},
                "messages": [{"$ref": f"#/channels/{name}/messages/{schema}"}],
            }
            for name, (_, schema, action, _) in _CHANNELS.items()
        },
        "components": {
            "messages": {
                schema: {"name": schema, "payload": {"$ref": f"./{schema}.schema.json"}}
                for _, schema, _, _ in _CHANNELS.values()
            }
        },
    }


def files() -> dict[str, str]:
    """File name to content of all generated files."""
    made = {f"{name}.schema.json": schema for name, schema in json_schemas().items()} | {"asyncapi.json": asyncapi()}
    return {name: json.dumps(content, ensure_ascii=False, indent=2) + "\n" for name, content in made.items()}


def main(folder: str) -> None:
    """Write all of them."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, text in files().items():
        (Path(folder) / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
