"""Whether a token speaks for a subject. Pure: what the registry says is an argument."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Protocol

from planwatch.api.checking import Record, Sound
from planwatch.api.tokens import Token
from planwatch.contract.errors import Fault
from planwatch.contract.fault_words import Said
from planwatch.contract.registry import CalendarRecord, RegionRecord, parent_region
from planwatch.contract.report import Report

NOT_YOURS = "not_yours"


class Place(Protocol):
    """Where the registry has a subject."""

    @property
    def regions(self) -> frozenset[str]:
        """All regions above it."""

    @property
    def unit(self) -> str | None:
        """The unit a project belongs to."""


Places = Mapping[str, Place]
"""Registered subjects to their places; who is not registered is not in it."""


class Registry(Protocol):
    """What the endpoint asks of the database."""

    def places(self, subjects: Collection[str], today: date) -> Places:
        """Where these subjects are registered today; StorageUnavailable if it cannot be said now."""


def asked_about(token: Token, messages: Sequence[Sound]) -> set[str]:
    """The subjects whose place must be known to judge these messages; none where the token names each of them."""
    asked: set[str] = set()
    for sound in messages:
        if isinstance(sound.message, Report):
            if not _named(token, sound.subject):
                asked.add(sound.subject)
        else:
            asked.add(sound.subject)
            if above := parent_region(sound.message):
                asked.add(f"region:{above}")
    return asked


def why_not(token: Token, sound: Sound, places: Places) -> Fault | None:
    """Why this token may not send this message, or None."""
    if isinstance(sound.message, Report):
        if _named(token, sound.subject) or _below(token, places.get(sound.subject)):
            return None
        return _refusal(token, "subject", sound.subject, places)
    return _why_not_record(token, sound.message, sound.subject, places)


def _named(token: Token, subject: str) -> bool:
    kind, _, name = subject.partition(":")
    return name in {"unit": token.units, "region": token.regions}.get(kind, ())


def _below(token: Token, place: Place | None) -> bool:
    return place is not None and (bool(place.regions & set(token.regions)) or place.unit in token.units)


def _why_not_record(token: Token, record: Record, subject: str, places: Places) -> Fault | None:
    """A record needs its region to be the token's, and whoever is registered already must be the token's too.

    Otherwise a token could take a unit over by registering it in its own region.
    """
    if isinstance(record, CalendarRecord):
        return Fault("kind", str(_NOT_HERE), subject, _NOT_HERE.zh)
    above = parent_region(record)
    if isinstance(record, RegionRecord) and not _region_is_ours(token, above, places):
        if record.id in token.regions:
            return Fault("id", str(_OWN_REGION), subject, _OWN_REGION.zh)
        if above is None and token.regions:
            return Fault("parent", str(_NO_PARENT), subject, _NO_PARENT.zh)
    if not _region_is_ours(token, above, places):
        path = "parent" if isinstance(record, RegionRecord) else "region"
        return _refusal(token, path, f"region:{above}", places)
    if subject in places and not _below(token, places[subject]) and not _named(token, subject):
        return _refusal(token, "id", subject, places)
    return None


def _region_is_ours(token: Token, region: str | None, places: Places) -> bool:
    if region is None:
        return False
    return region in token.regions or _below(token, places.get(f"region:{region}"))


_NOT_HERE = Said(
    "duties and working years bind everybody: they are loaded by whoever runs planwatch (planwatch registry load)",
    "报送义务与放假安排不由本接口登记：用 planwatch registry load，或发到登记信息主题",
)
_OWN_REGION = Said(
    "a token cannot change the entry of its own region: the token of the region above does, or whoever runs planwatch"
    " (planwatch registry load)",
    "令牌不能改动本地区自己的名录：请由上级地区的令牌报送，或由运维用 planwatch registry load 登记",
)
_NO_PARENT = Said(
    "a region without a parent lies in no token's region: state the code of the region above it in parent",
    "没有上级的地区不属于任何令牌的地区：请在 parent 中写明上级地区代码",
)
_NO_REGIONS = Said(
    "registry records need a token bound to a region: planwatch tokens new --region CODE",
    "登记信息须由地区的令牌报送(planwatch tokens new --region 代码)；本令牌只代表用能单位",
)


def _refusal(token: Token, path: str, subject: str, places: Places) -> Fault:
    speaks_for = ", ".join((*(f"unit:{one}" for one in token.units), *(f"region:{one}" for one in token.regions))[:5])
    if path != "subject" and not token.regions:
        return Fault(path, str(_NO_REGIONS), subject, _NO_REGIONS.zh)
    if token.regions and subject not in places:
        en = "not registered: register it first (POST /registry), and send this again when the record is stored"
        zh = f"名录中没有 {subject}，无法确认它属于本令牌的地区({speaks_for})；先用 POST /registry 登记，入库后再报"
        return Fault(path, en, subject, zh)
    en, zh = f"this token speaks for {speaks_for} only", f"本令牌只可代表 {speaks_for}"
    return Fault(path, en, subject, zh)
