"""Whoever asks is answered in a language they read: Chinese by default, English where that is asked for."""

import re

import pytest
from api_support import REGION_SECRET, Endpoint, body_of, record_of
from ingest_support import CATALOGUE

from planwatch.api.language import language_of
from planwatch.ingest.files.rows import fit_of

CHINESE = re.compile(r"[\u4e00-\u9fff]")
COAL = {"indicator": "energy.raw_coal", "value": "12.5", "unit": "t"}


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "zh"),
        ("*", "zh"),
        ("fr-FR, de;q=0.8", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en", "en"),
        ("EN-GB;q=0.7, fr", "en"),
        ("en;q=0.5, zh-TW;q=0.6", "zh"),
        ("zh;q=0.5,en", "en"),
        ("en;q=0", "zh"),
        ("en;q=nonsense", "zh"),
    ],
)
def test_language_is_the_one_asked_for(header, language):
    assert language_of(header) == language


BROKEN = {
    "not JSON": b"{oops",
    "no object": [[1]],
    "nothing stated": [{}],
    "unknown field": body_of(comment="x"),
    "figure as a number": body_of(readings=[COAL | {"value": 12.5}]),
    "figure with separators": body_of(readings=[COAL | {"value": "1,250"}]),
    "no such indicator": body_of(readings=[COAL | {"indicator": "energy.coal"}]),
    "indicator twice": body_of(readings=[COAL, COAL]),
    "indicator of regions": body_of(readings=[{"indicator": "gdp", "value": "1", "unit": "亿元"}]),
    "unit of measure": body_of(readings=[COAL | {"unit": "kWh"}]),
    "month 13": body_of(period="2025-13"),
    "year 1900": body_of(period="1900-01"),
    "day without time": body_of(submitted_at="2025-04-10"),
    "time without zone": body_of(submitted_at="2025-04-10T08:00:00"),
    "revision": body_of(revision="1"),
    "kind of subject": body_of(subject={"kind": "castle", "id": "x"}),
    "id": body_of(report_id="一月"),
    "readings": body_of(readings=[]),
    "another's": body_of(unit="91500000MA5U00000Z"),
}


def faults(response):
    return [fault for result in response.json()["results"] for fault in result["faults"]]


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_every_fault_is_said_in_the_language_asked(body):
    endpoint = Endpoint()
    chinese = faults(endpoint.post(body))
    english = faults(endpoint.post(body, **{"Accept-Language": "en-GB"}))
    assert [one["path"] for one in chinese] == [one["path"] for one in english]
    assert all(CHINESE.search(one["message"]) for one in chinese), chinese
    assert not any(
        CHINESE.search(one["message"].replace("亿元", "")) for one in english if "allowed" not in one["message"]
    )


def test_record_and_its_refusal_are_said_in_the_language_asked():
    endpoint = Endpoint()
    for secret, over in ((None, {}), (REGION_SECRET, {"region": "500999"}), (REGION_SECRET, {"valid_from": "gestern"})):
        given = {"secret": secret} if secret else {}
        (chinese,) = faults(endpoint.post(record_of(**over), path="/registry", **given))
        (english,) = faults(endpoint.post(record_of(**over), path="/registry", **given, **{"Accept-Language": "en"}))
        assert CHINESE.search(chinese["message"])
        assert not CHINESE.search(english["message"])


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"body": body_of(), "secret": "wrong"}, 401),
        ({"body": b"x", "kind": "text/plain"}, 415),
        ({"body": b"[1,"}, 400),
        ({"body": b""}, 400),
        ({"body": body_of(), "path": "/nowhere"}, 404),
    ],
    ids=["token", "type", "array", "empty", "place"],
)
def test_problem_is_said_in_the_language_asked(request_, status):
    endpoint = Endpoint()
    chinese, english = endpoint.post(**request_), endpoint.post(**request_, **{"Accept-Language": "en"})
    assert (chinese.status_code, english.status_code) == (status, status)
    assert CHINESE.search(chinese.json()["detail"])
    assert not CHINESE.search(english.json()["detail"])
    assert {chinese.headers["vary"], english.headers["vary"]} == {"Accept-Language"}


def test_words_are_those_of_the_file_reader():
    (fault,) = faults(Endpoint().post(body_of(readings=[COAL | {"unit": "度电"}])))
    read_in_a_file = fit_of(CATALOGUE)("energy.raw_coal", "度电", "unit")
    words = f"「{CATALOGUE.by_id['energy.raw_coal'].zh}」不能用计量单位「度电」"
    assert fault["message"].startswith(words)
    assert read_in_a_file.endswith(words)
