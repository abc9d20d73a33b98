"""The description of the endpoint for other people's programs, generated from the models of the contract."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from planwatch.api.answers import Answer, Problem
from planwatch.contract.registry import RegistryRecord
from planwatch.contract.report import Report

_REF = "#/components/schemas/{model}"
ABOUT = (
    "Send reports and registry records. A message is accepted when Kafka has acknowledged it; sending the very same"
    " message again changes nothing. Faults are said in Chinese, with Accept-Language: en in English."
    " 报送数据与名录；Kafka 确认后才算收下，原样重发不会重复计入。"
)
RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"model": Answer, "description": "dry_run: all would be accepted; nothing was sent"},
    202: {"model": Answer, "description": "All accepted: Kafka has acknowledged each"},
    207: {"model": Answer, "description": "Some accepted, some refused: see each result"},
    400: {"model": Answer, "description": "All refused (a Problem where the body itself cannot be read)"},
    401: {"model": Problem, "description": "No valid token"},
    403: {"model": Answer, "description": "The token speaks for none of the subjects"},
    413: {"model": Problem, "description": "Too large, or too many messages"},
    415: {"model": Problem, "description": "Neither JSON nor NDJSON"},
    429: {"model": Problem, "description": "Too often; see Retry-After"},
    503: {"model": Answer, "description": "Not all acknowledged: send those again (a Problem if none was tried)"},
}


def _body(model: str) -> dict[str, Any]:
    one = {"$ref": _REF.format(model=model)}
    return {
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}},
                "application/x-ndjson": {"schema": {"type": "string", "description": f"One {model} a line"}},
            },
        },
        "security": [{"token": []}],
    }


REPORTS_IN, RECORDS_IN = _body("Report"), _body("RegistryRecord")


def describe(app: FastAPI) -> None:
    """Let the application describe itself, the messages it takes included."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = document(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document."""
    made: dict[str, Any] = get_openapi(title=app.title, version=app.version, description=ABOUT, routes=app.routes)
    components = made.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name, schema in _messages().items():
        schemas.setdefault(name, schema)
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    for path in made["paths"].values():
        for operation in path.values():
            operation.get("responses", {}).pop("422", None)
    return made


def _messages() -> dict[str, Any]:
    """The JSON Schemas of what may be sent, by the name of the model."""
    record: TypeAdapter[Any] = TypeAdapter(RegistryRecord)
    found: dict[str, Any] = {}
    for name, schema in (
        ("Report", Report.model_json_schema(by_alias=True, ref_template=_REF)),
        ("RegistryRecord", record.json_schema(by_alias=True, ref_template=_REF)),
    ):
        found |= schema.pop("$defs", {})
        found[name] = schema
    return found
