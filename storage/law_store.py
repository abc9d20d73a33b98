"""The law in force, as the database remembers it: whole, with what changed, who approved it and whom it touches."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from planwatch.contract.plan import Law, Target
from planwatch.storage.database import Connection, Database
from planwatch.storage.queries import load_queries

QUERIES = load_queries("law.sql")
RULES = "rules"
"""The field a change is noted under when the target's text is the same but what judges it (rule set, scope,
coefficients, the target it follows) is not."""


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved a law, when, and what they noted."""

    approver: str
    note: str
    approved_at: datetime


@dataclass(frozen=True, slots=True)
class PlanChange:
    """One target that was added, changed or ended when a law came into force; ``fields`` to (before, after).

    Of kind ``rules`` it is all the ``targets`` at once whose own text is the same but what judges them is not.
    """

    changed_at: datetime
    law: str
    kind: str
    plan: str
    target: str
    target_zh: str
    fields: Mapping[str, Sequence[Any]]
    approvers: Sequence[str]
    targets: int = 1


@dataclass(frozen=True, slots=True)
class InForce:
    """What bringing a law into force changed: target ids."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)

    @property
    def all(self) -> list[str]:
        """Everything that is different now, sorted."""
        return sorted([*self.added, *self.changed, *self.ended])


class LawStore:
    """The database as whoever brings a law into force sees it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def live_hash(self) -> str | None:
        """The hash of the law in force; None before the first."""
        with self._database.transaction() as connection:
            row = connection.execute(QUERIES.live_law_hash).fetchone()
            return str(row[0]) if row else None

    def live(self) -> Law | None:
        """The law in force, as it was when it came into force."""
        with self._database.transaction() as connection:
            row = connection.execute(QUERIES.live_law).fetchone()
            return Law.model_validate_json(row[1]) if row else None

    def at(self, time: datetime) -> Law | None:
        """The law that was in force at a time."""
        with self._database.transaction() as connection:
            row = connection.execute(QUERIES.law_at, {"at": time}).fetchone()
            return Law.model_validate_json(row[1]) if row else None

    def approve(self, law: str, approver: str, note: str, now: datetime) -> None:
        """Record that somebody approves a law; a second time by the same person changes nothing."""
        with self._database.transaction() as connection:
            connection.execute(QUERIES.approve, {"law": law, "approver": approver, "note": note, "now": now})
            connection.execute(QUERIES.wake_assess)

    def approvals(self, law: str) -> list[Approval]:
        """Who approved a law, in order."""
        with self._database.transaction() as connection:
            return [Approval(*row) for row in connection.execute(QUERIES.approvals, {"law": law})]

    def history(self, target: str | None = None, limit: int = 200) -> list[PlanChange]:
        """What changed in the law, newest first."""
        with self._database.transaction() as connection:
            rows = connection.execute(QUERIES.history, {"target": target, "limit": limit, "rules": RULES})
            return [PlanChange(*row) for row in rows]

    def make_live(self, law: Law, now: datetime) -> InForce:
        """Bring a law into force in one transaction: what changed is written down and whoever it touches is marked."""
        with self._database.transaction() as connection:
            connection.execute(QUERIES.lock_law)
            before = connection.execute(QUERIES.live_law).fetchone()
            if before and before[0] == law.hash:
                return InForce()
            rows = connection.execute(QUERIES.live_targets)
            live = {target: (judged_by, body) for target, judged_by, body in rows}
            connection.execute(QUERIES.save_law, {"law": law.hash, "body": law.model_dump_json(), "now": now})
            found = _compared(law, live)
            if _checks_differ(before, law):
                connection.execute(QUERIES.mark_reporters, {"law": law.hash, "now": now})
            approvers = [row[0] for row in connection.execute(QUERIES.approvals, {"law": law.hash})]
            _write(connection, law, live, found, approvers, now=now)
            _mark(connection, law, live, found, now=now)
        return found


def _compared(law: Law, live: Mapping[str, tuple[str, dict[str, Any]]]) -> InForce:
    changed = [one for one in live if one in law.targets and law.hash_of(law.targets[one]) != live[one][0]]
    return InForce(
        added=sorted(one for one in law.targets if one not in live),
        changed=sorted(changed),
        ended=sorted(one for one in live if one not in law.targets),
    )


def _checks_differ(before: Sequence[Any] | None, law: Law) -> bool:
    """Whether figures are checked by other rules than under the law before; no law before checked anything."""
    body = json.loads(before[1]) if before else {}
    checks = json.loads(law.model_dump_json(include={"quality", "duties", "working_years"}))
    return any(body.get(name) != part for name, part in checks.items() if part)


def _write(
    connection: Connection,
    law: Law,
    live: Mapping[str, tuple[str, dict[str, Any]]],
    found: InForce,
    approvers: list[str],
    *,
    now: datetime,
) -> None:
    """The targets as they are live now, and the history of what changed."""
    rows = []
    for kind, targets in (("added", found.added), ("changed", found.changed), ("ended", found.ended)):
        for name in targets:
            before, after = live.get(name), law.targets.get(name)
            body = json.loads(after.model_dump_json()) if after else None
            rows.append(
                {
                    "law": law.hash,
                    "plan": law.plan_of[name].id if after else _plan_of(connection, name),
                    "target": name,
                    "kind": kind,
                    "before_law": before[0] if before else None,
                    "after_law": law.hash_of(after) if after else None,
                    "body": Jsonb(body) if body else None,
                    "fields": Jsonb(_fields(before[1], body) if before and body else {}),
                    "approvers": approvers,
                    "now": now,
                }
            )
    with connection.cursor() as cursor:
        cursor.executemany(QUERIES.save_live_target, [row for row in rows if row["kind"] != "ended"])
        cursor.executemany(QUERIES.end_target, [row for row in rows if row["kind"] == "ended"])
        cursor.executemany(QUERIES.insert_plan_change, rows)


def _plan_of(connection: Connection, target: str) -> str:
    row = connection.execute(QUERIES.plan_of, {"target": target}).fetchone()
    return str(row[0]) if row else ""


def _fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Each field that reads differently, to what it was and what it is."""
    keys = sorted(before.keys() | after.keys())
    different = {key: [before.get(key), after.get(key)] for key in keys if before.get(key) != after.get(key)}
    return different or {RULES: ["", ""]}


def _mark(
    connection: Connection, law: Law, live: Mapping[str, tuple[str, dict[str, Any]]], found: InForce, *, now: datetime
) -> None:
    """Mark whom the changed targets bind now or bound before, and who has judgements of those that ended."""
    about = {"law": law.hash, "now": now}
    bound = [_binding(law.targets[name]) for name in (*found.added, *found.changed) if law.targets[name].is_judged]
    bound += [live[name][1]["applies_to"] for name in found.changed]
    if bound:
        connection.execute(QUERIES.mark_bound, {"bindings": Jsonb(bound), **about})
    if found.ended:
        connection.execute(QUERIES.mark_judged, {"targets": found.ended, **about})
    if found.all:
        connection.execute(QUERIES.wake_assess)


def _binding(target: Target) -> dict[str, Any]:
    return target.applies_to.model_dump(mode="json", include={"kind", "region", "ids", "prefix"})
