"""Bytes to readings, records or a reasoned rejection."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from factories import make_reading, make_report
from hypothesis import given
from hypothesis import strategies as st
from ingest_support import CATALOGUE, NOW, TOPICS, make_decoder, make_message, project, region, unit

from planwatch.contract.rejected import RejectReason
from planwatch.contract.report import Flag, Subject, SubjectKind
from planwatch.ingest.decode import Accepted, Refused, record_key
from planwatch.ingest.message import ATTEMPT_HEADER


def decode(message):
    return make_decoder().decode(message, NOW)


def changed(**over):
    """A good report as JSON, with fields replaced."""
    return json.dumps(json.loads(make_report().to_json()) | over).encode()


def test_report_becomes_rows_in_canonical_units():
    report = make_report(period="2025-02", cumulative=True, revision=3, readings=(make_reading(note="see annex"),))
    outcome = decode(make_message(report))
    assert isinstance(outcome, Accepted)
    assert outcome.readings == (
        (
            "unit:91500000MA5U00000X", "energy.raw_coal", date(2025, 1, 1), 2, 3, report.submitted_at, "r-1",
            Decimal(1000), "t", Decimal(1_000_000), None, "see annex", "manual",
        ),
    )  # fmt: skip


def test_amount_keeps_every_digit():
    value = Decimal("123456789012345678.123456789")
    outcome = decode(make_message(make_report(readings=(make_reading(value=value),))))
    assert str(outcome.readings[0][9]) == "123456789012345678123.456789000"


def test_clock_of_a_sender_may_be_a_day_ahead():
    report = changed(submitted_at=(NOW + timedelta(days=1)).isoformat())
    assert isinstance(decode(make_message(report)), Accepted)


def test_what_fitted_once_does_not_excuse_what_does_not():
    decoder = make_decoder()
    decoder.decode(make_message(make_report()), NOW)
    reports = [
        make_report(readings=(make_reading(), make_reading(indicator="energy.diesel", unit="ratio"))),
        make_report(subject=Subject(kind=SubjectKind.REGION, id="500000")),
    ]
    outcomes = [decoder.decode(make_message(report, key=report.key), NOW) for report in reports]
    assert [[fault.path for fault in one.rejected.faults] for one in outcomes] == [
        ["readings.1.unit"],
        ["readings.0.indicator"],
    ]


def test_reading_keeps_its_own_flag():
    outcome = decode(make_message(make_report(readings=(make_reading(flag=Flag.ESTIMATED),))))
    assert outcome.readings[0][10] == "estimated"


@pytest.mark.parametrize(
    ("note", "kept"),
    [
        (None, "energy.raw_coal cannot be negative"),
        ("meter change", "energy.raw_coal cannot be negative; meter change"),
    ],
    ids=["no note", "note"],
)
def test_figure_that_cannot_be_true_is_held(note, kept):
    readings = (make_reading(value=Decimal(-1), note=note, flag=Flag.FINAL), make_reading(indicator="energy.diesel"))
    outcome = decode(make_message(make_report(readings=readings)))
    assert [(row[10], row[11]) for row in outcome.readings] == [("held", kept), (None, None)]


def test_figure_that_may_be_negative_is_not_held():
    reading = make_reading(indicator="gdp.growth", value=Decimal("-1.5"), unit="%")
    report = make_report(subject=Subject(kind=SubjectKind.REGION, id="500000"), readings=(reading,))
    assert decode(make_message(report)).readings[0][10] is None


REJECTED = {
    "handed in the day after tomorrow": (
        changed(submitted_at=(NOW + timedelta(days=1, seconds=1)).isoformat()),
        RejectReason.BREAKS_CONTRACT,
        ["submitted_at"],
    ),
    "not json": (b"{", RejectReason.NOT_JSON, ["message"]),
    "not utf-8": (b"\xff\xfe\xff", RejectReason.NOT_JSON, ["message"]),
    "nothing": (None, RejectReason.EMPTY, ["message"]),
    "empty": (b"", RejectReason.NOT_JSON, ["message"]),
    "too deep": (b"[" * 100_000, RejectReason.NOT_JSON, ["message"]),
    "another kind of json": (b"[]", RejectReason.BREAKS_CONTRACT, ["message"]),
    "another schema": (changed(schema="planwatch.report/2"), RejectReason.BREAKS_CONTRACT, ["schema"]),
    "two faults of form": (
        changed(revision=-1, colour="red"),
        RejectReason.BREAKS_CONTRACT,
        ["revision", "colour"],
    ),
    "number for text": (
        changed(readings=[{"indicator": "energy.raw_coal", "value": 12.5, "unit": "t"}]),
        RejectReason.BREAKS_CONTRACT,
        ["readings.0.value"],
    ),
    "unknown indicator": (
        make_report(readings=(make_reading(indicator="energy.peat"),)).to_json(),
        RejectReason.UNKNOWN_INDICATOR,
        ["readings.0.indicator"],
    ),
    "indicator of somebody else": (
        make_report(readings=(make_reading(indicator="gdp.growth", unit="%"),)).to_json(),
        RejectReason.UNKNOWN_INDICATOR,
        ["readings.0.indicator"],
    ),
    "unfit unit": (
        make_report(readings=(make_reading(unit="ratio"),)).to_json(),
        RejectReason.UNFIT_UNIT,
        ["readings.0.unit"],
    ),
    "unknown indicator and unfit unit": (
        make_report(readings=(make_reading(unit="ratio"), make_reading(indicator="energy.peat"))).to_json(),
        RejectReason.UNKNOWN_INDICATOR,
        ["readings.0.unit", "readings.1.indicator"],
    ),
}


@pytest.mark.parametrize(("value", "reason", "paths"), REJECTED.values(), ids=REJECTED)
def test_message_that_does_not_fit_is_rejected_with_every_fault(value, reason, paths):
    outcome = decode(make_message(value))
    assert isinstance(outcome, Refused)
    assert outcome.rejected.reason is reason
    assert set(paths) <= {fault.path for fault in outcome.rejected.faults}


@pytest.mark.parametrize("key", [None, b"", b"unit:other", b"91500000MA5U00000X"], ids=repr)
def test_key_that_is_not_the_subject_is_rejected(key):
    outcome = decode(make_message(make_report(), key=key))
    assert outcome.rejected.reason is RejectReason.WRONG_KEY
    assert "unit:91500000MA5U00000X" in outcome.rejected.faults[0].message


def test_wrong_key_is_named_beside_other_faults():
    report = make_report(readings=(make_reading(unit="ratio"),))
    outcome = decode(make_message(report, key=b"x"))
    assert outcome.rejected.reason is RejectReason.UNFIT_UNIT
    assert [fault.path for fault in outcome.rejected.faults] == ["readings.0.unit", "key"]


def test_reject_carries_the_message_as_it_came():
    raw = b'{"a\\u0000b": "\xe7\x85\xa4"}\x00'
    headers = (("trace", b"\xff\x00"), ("empty", None))
    message = make_message(raw, key=b"\x80k", partition=5, offset=77, headers=headers)
    rejected = decode(message).rejected
    assert (rejected.raw_key, rejected.raw_value, rejected.id) == (b"\x80k", raw, "planwatch.reports.v1/5/77")
    assert rejected.headers == (("trace", "/wA="), ("empty", ""))
    assert (rejected.timestamp, rejected.rejected_at, rejected.service_version) == (message.timestamp, NOW, "0.0-test")
    assert (message.timestamp, rejected.attempt) == (NOW.replace(microsecond=0), 1)


def test_reject_has_no_nul_that_a_database_would_refuse():
    rejected = decode(make_message(changed(**{"a\x00b": 1}))).rejected
    assert [fault.path for fault in rejected.faults] == ["a\\x00b"]


@pytest.mark.parametrize(
    ("headers", "attempt"),
    [((), 1), (((ATTEMPT_HEADER, b"3"),), 4), (((ATTEMPT_HEADER, b"many"),), 1), (((ATTEMPT_HEADER, None),), 1)],
    ids=["first", "redriven", "not a number", "no value"],
)
def test_attempts_are_counted_over_redrives(headers, attempt):
    assert decode(make_message(b"{", headers=headers)).rejected.attempt == attempt


@pytest.mark.parametrize(
    "record", [unit("A", "500000"), project("P", "500000"), region("500000")], ids=lambda r: r.kind
)
def test_registry_record_is_accepted(record):
    message = make_message(record.model_dump_json().encode(), topic=TOPICS.registry, key=record_key(record))
    outcome = decode(message)
    assert isinstance(outcome, Accepted)
    assert (outcome.record, outcome.readings) == (record, ())


def test_registry_record_under_another_key_is_rejected():
    message = make_message(unit("A", "500000").model_dump_json().encode(), topic=TOPICS.registry, key=b"unit:B")
    assert decode(message).rejected.reason is RejectReason.WRONG_KEY


@pytest.mark.parametrize(
    ("value", "reason"),
    [(b"{", RejectReason.NOT_JSON), (b'{"kind": "unit"}', RejectReason.BREAKS_CONTRACT), (b'{"kind": "moon"}', None)],
    ids=["not json", "fields missing", "unknown kind"],
)
def test_registry_message_that_does_not_fit_is_rejected(value, reason):
    rejected = decode(make_message(value, topic=TOPICS.registry, key=b"unit:A")).rejected
    assert rejected.reason is (reason or RejectReason.BREAKS_CONTRACT)


@pytest.mark.parametrize(
    ("topic", "advice"),
    [(TOPICS.reports, ("withdrawn", "revision")), (TOPICS.registry, ("valid_to", "revision"))],
    ids=["report", "registry"],
)
def test_message_without_a_value_is_rejected_with_what_to_do_instead(topic, advice):
    rejected = decode(make_message(None, topic=topic, key=b"unit:A")).rejected
    assert rejected.reason is RejectReason.EMPTY
    assert rejected.value is None
    english, _, chinese = rejected.faults[0].message.partition(" — ")
    assert all(word in english and word in chinese for word in advice)


SUBJECT = '"subject":{"kind":"unit","id":"A"}'
READING = '{"indicator":"energy.raw_coal","value":"1","unit":"t"}'
TWICE = {
    "value": (READING, READING.replace('"1"', '"1","value":"999"'), "readings.0.value"),
    "flag of several": (
        READING,
        f'{READING[:-1]},"flag":"held"}},{READING.replace("raw_coal", "coke")[:-1]},"flag":"held","flag":null}}',
        "readings.1.flag",
    ),
    "report id": ('"report_id":"r"', '"report_id":"r","report_id":"s"', "report_id"),
    "cumulative": ('"report_id":"r"', '"report_id":"r","cumulative":true,"cumulative":false', "cumulative"),
    "subject": (SUBJECT, f"{SUBJECT},{SUBJECT}", "subject"),
    "inside": (SUBJECT, SUBJECT.replace('"id":"A"', '"id":"B","id":"A"'), "subject.id"),
    "escaped": ('"period":"2025-03"', '"period":"2025-03","\\u0070eriod":"2025-03"', "period"),
    "spaced": ('"period":"2025-03"', '"period" : "2025-02" , "period" : "2025-03"', "period"),
}


@pytest.mark.parametrize(("once", "twice", "path"), TWICE.values(), ids=TWICE)
def test_key_stated_twice_is_rejected_by_name(once, twice, path):
    text = (
        '{"report_id":"r",' + SUBJECT + ',"period":"2025-03","submitted_at":"2025-04-10T09:00:00+08:00",'
        f'"readings":[{READING}]}}'
    )
    assert isinstance(decode(make_message(text.encode(), key=b"unit:A")), Accepted)
    assert text.count(once) == 1
    rejected = decode(make_message(text.replace(once, twice).encode(), key=b"unit:A")).rejected
    assert rejected.reason is RejectReason.BREAKS_CONTRACT
    assert [fault.path for fault in rejected.faults] == [path]


def test_text_with_quotation_marks_is_no_repeated_key():
    report = make_report(readings=(make_reading(note='he said "value":"1"'),))
    assert isinstance(decode(make_message(report)), Accepted)


def test_record_with_a_key_stated_twice_is_rejected():
    value = unit("A", "500000").model_dump_json().encode().replace(b'"region":', b'"region":"120000","region":')
    rejected = decode(make_message(value, topic=TOPICS.registry, key=b"unit:A")).rejected
    assert rejected.reason is RejectReason.BREAKS_CONTRACT
    assert [fault.path for fault in rejected.faults] == ["region"]


def test_message_the_database_refuses_becomes_a_reject():
    refused = make_decoder().refused(make_message(make_report()), "22021: invalid byte sequence", NOW)
    assert refused.rejected.reason is RejectReason.REFUSED_BY_DATABASE
    assert "22021" in refused.rejected.faults[0].message


@pytest.mark.parametrize("timestamp", [-1, 0, 10**18], ids=str)
def test_impossible_timestamp_does_not_hinder_the_reject(timestamp):
    assert decode(make_message(b"{", timestamp_ms=timestamp)).rejected.timestamp.tzinfo is not None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
ALMOST = st.fixed_dictionaries(
    {"schema": st.just("planwatch.report/1"), "report_id": st.just("r")},
    optional={
        "subject": JSON | st.just({"kind": "unit", "id": "A"}), "period": JSON | st.just("2025-03"),
        "revision": JSON, "submitted_at": JSON | st.just("2025-04-10T08:00:00Z"), "readings": JSON, "source": JSON,
    },
)  # fmt: skip


@given(st.binary() | (JSON | ALMOST).map(lambda value: json.dumps(value).encode()), st.sampled_from(TOPICS.read))
def test_no_message_whatever_stops_the_decoder(value, topic):
    outcome = decode(make_message(value, topic=topic, key=b"unit:A"))
    assert isinstance(outcome, Accepted | Refused)


def test_catalogue_of_the_tests_is_sound():
    assert all(CATALOGUE.allowed_units(indicator.id) for indicator in CATALOGUE.indicators)
