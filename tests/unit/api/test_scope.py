"""Whose reports and records a token may send: its own, and what the registry places below its regions."""

import pytest
from api_support import OLD_SECRET, OTHER, REGION_SECRET, UNIT, Endpoint, body_of, place, record_of, statuses


@pytest.mark.parametrize("secret", [None, "wrong", OLD_SECRET, ""], ids=["none", "wrong", "expired", "empty"])
def test_without_a_valid_token_nothing_is_read(secret):
    endpoint = Endpoint()
    response = endpoint.post(body_of(), secret=secret)
    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Bearer")
    assert "planwatch tokens new" in response.json()["detail"]


def test_unit_token_speaks_for_its_unit_alone_and_needs_no_registry():
    endpoint = Endpoint()
    endpoint.registry.away = True
    assert endpoint.post(body_of()).status_code == 202
    assert endpoint.registry.asked == []


REPORT_CASES = {
    "unit below": ({f"unit:{OTHER}": place("500101", "500000")}, OTHER, 202),
    "unit two levels below": ({f"unit:{OTHER}": place("500101003", "500101", "500000")}, OTHER, 202),
    "unit elsewhere": ({f"unit:{OTHER}": place("500102", "500000")}, OTHER, 403),
    "unit not registered": ({}, OTHER, 403),
    "unit above": ({f"unit:{OTHER}": place("500000")}, OTHER, 403),
}


@pytest.mark.parametrize(("places", "unit", "status"), REPORT_CASES.values(), ids=REPORT_CASES)
def test_region_token_speaks_for_what_the_registry_has_below_it(places, unit, status):
    endpoint = Endpoint(places)
    assert endpoint.post(body_of(unit=unit), secret=REGION_SECRET).status_code == status


@pytest.mark.parametrize(("region", "status"), [("500101", 202), ("500000", 403)])
def test_region_token_speaks_for_its_own_region_and_none_above(region, status):
    readings = [{"indicator": "gdp.growth", "value": "5.2", "unit": "%"}]
    endpoint = Endpoint({"region:500101": place("500000")})
    body = body_of(subject={"kind": "region", "id": region}, readings=readings)
    assert endpoint.post(body, secret=REGION_SECRET).status_code == status


def test_unit_token_speaks_for_the_projects_of_its_unit():
    places = {"project:P1": place("500102", unit=UNIT), "project:P2": place("500102", unit=OTHER)}
    endpoint = Endpoint(places)
    both = [body_of(f"r-{name}", subject={"kind": "project", "id": name}) for name in ("P1", "P2")]
    assert statuses(endpoint.post(both)) == ["accepted", "refused"]


def test_refusal_of_an_unregistered_unit_says_how_to_register_it():
    fault = Endpoint().post(body_of(), secret=REGION_SECRET).json()["results"][0]["faults"][0]
    assert "POST /registry" in fault["message"]
    assert UNIT in fault["given"]


RECORD_CASES = {
    "new, here": ({}, record_of(), 202),
    "new, below here": ({"region:500101003": place("500101", "500000")}, record_of(region="500101003"), 202),
    "new, elsewhere": ({"region:500102": place("500000")}, record_of(region="500102"), 403),
    "here already": ({f"unit:{UNIT}": place("500101")}, record_of(), 202),
    "taken from elsewhere": ({f"unit:{UNIT}": place("500102", "500000")}, record_of(), 403),
    "region below": ({}, {"kind": "region", "id": "500101003", "name": "镇", "parent": "500101",
                          "valid_from": "2024-01-01"}, 202),
    "own region under another": ({"region:500101": place("500000")},
                                 {"kind": "region", "id": "500101", "name": "区", "parent": "510000",
                                  "valid_from": "2024-01-01"}, 403),
    "duty, which binds everybody": ({}, {"kind": "duty", "id": "own.duty", "name": "月报", "reporter": "unit",
                                    "every": "month", "deadline": {"day": 5}, "source": "通知",
                                    "regions": ["500101"], "valid_from": "2024-01-01"}, 403),
    "region without a parent": ({}, {"kind": "region", "id": "500109", "name": "区", "valid_from": "2024-01-01"}, 403),
}  # fmt: skip


@pytest.mark.parametrize(("places", "record", "status"), RECORD_CASES.values(), ids=RECORD_CASES)
def test_records_are_taken_from_their_region_alone(places, record, status):
    endpoint = Endpoint(places)
    response = endpoint.post(record, path="/registry", secret=REGION_SECRET)
    assert response.status_code == status, response.json()
    assert [key for _, key, _, _ in endpoint.sender.sent] == (
        [f"{record['kind']}:{record['id']}".encode()] if status == 202 else []
    )


@pytest.mark.parametrize(
    ("code", "path", "zh", "en"),
    [
        ("500101", "id", "令牌不能改动本地区自己的名录", "cannot change the entry of its own region"),
        ("500109", "parent", "请在 parent 中写明上级地区代码", "in parent"),
    ],
    ids=["its own", "another"],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_region_without_a_parent_is_refused_with_what_to_do(code, path, zh, en, language):
    record = {"kind": "region", "id": code, "name": "区", "valid_from": "2024-01-01"}
    asked = {"Accept-Language": language}
    response = Endpoint().post(record, path="/registry", secret=REGION_SECRET, **asked)
    (fault,) = response.json()["results"][0]["faults"]
    assert (fault["path"], fault["given"]) == (path, f"region:{code}")
    assert {"zh": zh, "en": en}[language] in fault["message"]


def test_unit_token_registers_nobody():
    response = Endpoint().post(record_of(), path="/registry")
    assert response.status_code == 403
    assert "--region" in response.json()["results"][0]["faults"][0]["message"]


def test_registry_that_is_away_is_said_and_nothing_is_sent():
    endpoint = Endpoint()
    endpoint.registry.away = True
    response = endpoint.post([body_of()], secret=REGION_SECRET)
    assert response.status_code == 503
    assert response.headers["retry-after"]
    assert "connection" not in response.text
    assert endpoint.sender.sent == []
