"""The HTTP endpoint: what is accepted, what is refused and why, and what callers are told."""

import json

import pytest
from api_support import OTHER, REGION_SECRET, UNIT, Endpoint, body_of, place, record_of, statuses
from hypothesis import given, settings
from hypothesis import strategies as st

from planwatch.contract.report import Report

POSTS = "planwatch_api_requests_total"


def test_accepted_report_has_its_position_and_travels_as_ingest_reads_it():
    endpoint = Endpoint()
    response = endpoint.post(body_of())
    assert response.status_code == 202
    (result,) = response.json()["results"]
    assert (result["status"], result["topic"], result["partition"], result["offset"]) == (
        "accepted",
        "reports.v1",
        0,
        0,
    )
    ((topic, key, value, headers),) = endpoint.sender.sent
    assert (topic, key) == ("reports.v1", f"unit:{UNIT}".encode())
    assert Report.model_validate_json(value).report_id == "r-1"
    assert headers["planwatch-request"].decode() == response.headers["x-request-id"] == response.json()["request_id"]
    assert headers["planwatch-sender"].decode() == "一厂"


def test_results_stand_in_the_order_of_the_request():
    endpoint = Endpoint()
    bad = body_of("r-2", readings=[{"indicator": "energy.nothing", "value": "1", "unit": "t"}])
    response = endpoint.post([body_of("r-1"), bad, body_of("r-3", unit=OTHER), {"report_id": "r-4"}, body_of("r-5")])
    assert response.status_code == 207
    results = response.json()["results"]
    assert [result["report_id"] for result in results] == [f"r-{number}" for number in range(1, 6)]
    assert statuses(response) == ["accepted", "refused", "refused", "refused", "accepted"]
    assert [result.get("reason") for result in results] == [
        None, "unknown_indicator", "not_yours", "breaks_contract", None,
    ]  # fmt: skip
    assert results[1]["faults"][0]["path"] == "readings.0.indicator"
    assert {fault["path"] for fault in results[3]["faults"]} >= {"subject", "period", "readings"}
    assert [json.loads(value)["report_id"] for _, _, value, _ in endpoint.sender.sent] == ["r-1", "r-5"]


def test_lines_are_named_by_their_number():
    endpoint = Endpoint()
    lines = b"\n".join([json.dumps(body_of()).encode(), b"", b"{oops", b""])
    response = endpoint.post(lines, kind="application/x-ndjson; charset=utf-8")
    assert [(one["index"], one["line"], one["status"]) for one in response.json()["results"]] == [
        (0, 1, "accepted"),
        (1, 3, "refused"),
    ]
    assert response.json()["results"][1]["reason"] == "not_json"


def test_all_refused_is_a_bad_request_and_nothing_is_sent():
    endpoint = Endpoint()
    response = endpoint.post(body_of(period="2025-13"))
    assert response.status_code == 400
    assert response.json()["results"][0]["faults"][0]["path"] == "period"
    assert endpoint.sender.sent == []


@pytest.mark.parametrize("kind", ["application/json", "application/x-ndjson"])
@pytest.mark.parametrize("form", ["{}", "[{}]", " [ {} , {} ] \n"], ids=["object", "array", "spaced array"])
def test_key_stated_twice_is_refused_by_name_however_it_is_sent(form, kind):
    endpoint = Endpoint()
    good = json.dumps(body_of())
    twice = good.replace('"value"', '"value": "1", "value"', 1)
    assert twice != good
    text = form.format(*[twice, good]) if kind == "application/json" else f"{twice}\n{good}"
    response = endpoint.post(text.encode(), kind=kind)
    first = response.json()["results"][0]
    assert (first["status"], first["faults"][0]["path"]) == ("refused", "readings.0.value")
    assert all(status == "accepted" for status in statuses(response)[1:])


def test_record_with_a_key_stated_twice_is_refused():
    text = json.dumps(record_of(UNIT, "500101")).replace('"region"', '"region": "500102", "region"', 1)
    endpoint = Endpoint()
    endpoint.places = {}
    response = endpoint.post(text.encode(), secret=REGION_SECRET, path="/registry")
    assert response.json()["results"][0]["faults"][0]["path"] == "region"
    assert endpoint.sender.sent == []


@pytest.mark.parametrize("body", [b"[]", b"[ ]", b"[1 2]", b"[1,]", b"[1", b"[1] 2", b"[", b"[,1]"], ids=repr)
def test_array_that_is_none_is_said(body):
    response = Endpoint().post(body)
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"


def test_what_kafka_has_not_acknowledged_is_not_called_accepted():
    endpoint = Endpoint()
    endpoint.sender.failing = {1}
    response = endpoint.post([body_of("r-1"), body_of("r-2")])
    assert response.status_code == 503
    assert response.headers["retry-after"]
    assert statuses(response) == ["accepted", "not_acknowledged"]
    assert "offset" not in response.json()["results"][1]
    assert endpoint.count("planwatch_api_messages_total", outcome="not_acknowledged") == 1


def test_dry_run_sends_nothing():
    endpoint = Endpoint()
    response = endpoint.post([body_of()], path="/reports?dry_run=true")
    assert (response.status_code, statuses(response)) == (200, ["would_be_accepted"])
    assert endpoint.sender.sent == []
    assert endpoint.count("planwatch_api_messages_total", outcome="accepted") == 0


BODIES = {
    "too large": (b"[" + b" " * 3000 + b"]", "application/json", 413),
    "too many": (json.dumps([{}] * 6).encode(), "application/json", 413),
    "cut off": (b'[{"a": 1}', "application/json", 400),
    "empty": (b"", "application/json", 400),
    "empty array": (b"[]", "application/json", 400),
    "nested too deeply": (b"[" * 2000, "application/json", 400),
    "not UTF-8": (b"[\xff\xfe]", "application/json", 400),
    "a form": (b"a=1", "application/x-www-form-urlencoded", 415),
    "no lines": (b"\n\n", "application/x-ndjson", 400),
}


@pytest.mark.parametrize(("content", "kind", "status"), BODIES.values(), ids=BODIES)
def test_body_that_cannot_be_taken_is_answered_with_words(content, kind, status):
    endpoint = Endpoint(body_bytes=2048, messages=5)
    response = endpoint.post(content, kind=kind)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"]
    assert endpoint.sender.sent == []


def test_body_is_not_read_beyond_the_limit():
    read = []

    async def chunks():
        for _ in range(1000):
            read.append(1)
            yield b" " * 1024

    endpoint = Endpoint(body_bytes=4096)
    response = endpoint.ask(
        "POST",
        "/reports",
        content=chunks(),
        headers={"Authorization": "Bearer pwt_unit", "Content-Type": "application/json"},
    )
    assert response.status_code == 413
    assert len(read) < 1000


def test_who_asks_too_often_waits_and_others_do_not():
    endpoint = Endpoint({f"unit:{UNIT}": place("500101")}, requests_per_minute=2, strangers_per_minute=1)
    assert [endpoint.post(body_of()).status_code for _ in range(3)] == [202, 202, 429]
    assert endpoint.post(body_of(), secret=REGION_SECRET).status_code == 202
    assert [endpoint.post(body_of(), secret="x").status_code for _ in range(2)] == [401, 429]
    response = endpoint.post(body_of())
    endpoint.seconds += float(response.headers["retry-after"])
    assert endpoint.post(body_of()).status_code == 202


def test_fault_of_ours_tells_the_caller_nothing_but_its_id(caplog):
    def check(part):
        raise RuntimeError("secret detail")

    endpoint = Endpoint(check=check)
    response = endpoint.post(body_of(), **{"X-Request-ID": "my-7"})
    assert (response.status_code, response.headers["x-request-id"]) == (500, "my-7")
    assert "secret detail" not in response.text
    assert "Traceback" not in response.text
    assert any(record.request_id == "my-7" for record in caplog.records if record.msg == "request failed")
    assert endpoint.count(POSTS, status="500") == 1


def test_request_id_of_a_strange_form_is_replaced():
    response = Endpoint().post(body_of(), **{"X-Request-ID": "a b\x7f" * 50})
    assert len(response.headers["x-request-id"]) == 32


def test_token_is_in_no_log(caplog):
    caplog.set_level("DEBUG")
    Endpoint().post(body_of(), secret="pwt_unit")
    said = " ".join(str(vars(record)) for record in caplog.records if record.name.startswith("planwatch"))
    assert "request answered" in said
    assert "pwt_unit" not in said


def test_readiness_says_what_is_wrong():
    endpoint = Endpoint()
    assert endpoint.ask("GET", "/readyz").status_code == 200
    endpoint.faults = {"kafka": "away"}
    response = endpoint.ask("GET", "/readyz")
    assert (response.status_code, response.json()["faults"]) == (503, {"kafka": "away"})
    assert endpoint.ask("GET", "/healthz").json() == {"status": "alive"}


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/", 404), ("GET", "/reports", 405)])
def test_other_places_name_those_there_are(method, path, status):
    response = Endpoint().ask(method, path)
    assert (response.status_code, "POST /reports" in response.json()["detail"]) == (status, True)


def test_openapi_describes_the_messages_of_the_contract():
    document = Endpoint().ask("GET", "/openapi.json").json()
    schemas = document["components"]["schemas"]
    assert set(schemas["Report"]["properties"]) == {field.alias or name for name, field in Report.model_fields.items()}
    named = set()

    def collect(value):
        if isinstance(value, dict):
            named.update([value["$ref"]] if isinstance(value.get("$ref"), str) else [])
            for inner in value.values():
                collect(inner)
        elif isinstance(value, list):
            for inner in value:
                collect(inner)

    collect(document)
    assert {name.removeprefix("#/components/schemas/") for name in named} <= set(schemas)
    assert set(document["paths"]["/reports"]["post"]["responses"]) >= {"202", "207", "400", "401", "403", "413", "503"}


def test_character_no_database_takes_is_refused_at_the_door():
    body = body_of(readings=[{"indicator": "energy.raw_coal", "value": "1", "unit": "t", "note": "a\x00b"}])
    response = Endpoint().post(body)
    assert (response.status_code, response.json()["results"][0]["reason"]) == (400, "breaks_contract")


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["application/json", "application/x-ndjson"]))
def test_no_body_is_a_fault_of_ours(body, kind):
    endpoint = Endpoint()
    assert endpoint.post(body, kind=kind).status_code in (400, 207)
    assert endpoint.sender.sent == []


def test_report_handed_in_in_the_future_is_refused_as_ingest_would():
    answer = Endpoint().post(body_of(submitted_at="2099-01-01T00:00:00+08:00"))
    assert answer.json()["refused"] == 1
    assert "submitted_at" in answer.text
