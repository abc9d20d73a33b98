"""Plans as data: targets, mechanisms, scopes with their legal references, rule sets, standard-coal tables."""

import hashlib
from functools import cached_property

from pydantic import BaseModel

from planwatch.contract.calendar import Duty, WorkingYear
from planwatch.contract.catalogue import Catalogue
from planwatch.contract.citation import Reference as Reference
from planwatch.contract.coal import CoalTable as CoalTable
from planwatch.contract.coal import Coefficient as Coefficient
from planwatch.contract.document import Document as Document
from planwatch.contract.document import Number as Number
from planwatch.contract.document import Slug as Slug
from planwatch.contract.mechanism import LeftOut, Mechanism, Review
from planwatch.contract.quality import QualityRules
from planwatch.contract.registry_entry import RegionCode
from planwatch.contract.report import Name
from planwatch.contract.ruleset import Band as Band
from planwatch.contract.ruleset import Level as Level
from planwatch.contract.ruleset import RuleSet as RuleSet
from planwatch.contract.ruleset import RuleSetKind as RuleSetKind
from planwatch.contract.scope import Scope as Scope
from planwatch.contract.target import AppliesTo as AppliesTo
from planwatch.contract.target import Measure as Measure
from planwatch.contract.target import Milestone as Milestone
from planwatch.contract.target import Target as Target
from planwatch.contract.target_words import Basis as Basis
from planwatch.contract.target_words import Cadence as Cadence
from planwatch.contract.target_words import Comparator as Comparator
from planwatch.contract.target_words import Nature as Nature
from planwatch.contract.target_words import PathKind as PathKind
from planwatch.contract.target_words import TargetKind as TargetKind
from planwatch.contract.target_words import Variant as Variant
from planwatch.contract.target_words import Yardstick as Yardstick


class Plan(Document):
    """One published plan, live under the hash of its content. ``succeeds`` names the plan it follows on."""

    id: Slug
    zh: Name
    en: Name
    region: RegionCode
    first_year: int
    last_year: int
    succeeds: Slug | None = None
    targets: tuple[Target, ...]
    scopes: tuple[Scope, ...] = ()
    mechanisms: tuple[Mechanism, ...] = ()
    reviews: tuple[Review, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    content_hash: str = ""


class Law(Document):
    """All that judging needs: plans, rule sets, the standard-coal table in force and the catalogue of indicators.

    ``quality`` are the rules figures are checked by before they count; without them nothing is checked. ``duties`` say
    who must report what by when, on the working days of ``working_years``.
    """

    plans: tuple[Plan, ...]
    rule_sets: dict[str, RuleSet]
    coal: CoalTable
    catalogue: Catalogue
    quality: QualityRules | None = None
    duties: tuple[Duty, ...] = ()
    working_years: tuple[WorkingYear, ...] = ()

    @cached_property
    def targets(self) -> dict[str, Target]:
        """All targets of all plans by id (ids are unique over all plans)."""
        return {target.id: target for plan in self.plans for target in plan.targets}

    @cached_property
    def plan_of(self) -> dict[str, Plan]:
        """Target id to the plan it stands in."""
        return {target.id: plan for plan in self.plans for target in plan.targets}

    @cached_property
    def scopes(self) -> dict[str, Scope]:
        """All accounting scopes of all plans by id; ``gross`` is not among them."""
        return {scope.id: scope for plan in self.plans for scope in plan.scopes}

    @cached_property
    def judged(self) -> tuple[Target, ...]:
        """The targets that subjects are judged against."""
        return tuple(target for target in self.targets.values() if target.is_judged)

    @cached_property
    def successors(self) -> dict[str, Plan]:
        """Plan id to the plan that follows on it."""
        return {plan.succeeds: plan for plan in self.plans if plan.succeeds}

    @cached_property
    def continued(self) -> dict[str, str]:
        """Target id to the target of the following plan that carries its level on."""
        return {target.continues: target.id for target in self.targets.values() if target.continues}

    @cached_property
    def looked_at(self) -> frozenset[str]:
        """Targets on which a check of register entries depends, with the holders' own where they are decomposed."""
        named = {target.follows for target in self.targets.values() if target.check and target.follows}
        return frozenset(target.id for target in self.targets.values() if {target.id, target.parent} & named)

    def line_of(self, target: Target) -> str:
        """The first target of the line this one carries on; its own id where it continues none.

        Warnings are kept by line, so that an episode that is open when a plan ends goes on under the next.
        """
        seen = {target.id}
        while target.continues and target.continues in self.targets and target.continues not in seen:
            target = self.targets[target.continues]
            seen.add(target.id)
        return target.continues or target.id

    def plan_of_line(self, target: Target) -> str:
        """The plan of the first target of its line."""
        first = self.line_of(target)
        if first in self.plan_of:
            return self.plan_of[first].id
        return self.plan_of[target.id].succeeds or self.plan_of[target.id].id

    @cached_property
    def hash(self) -> str:
        """What all of the law is, as 16 hex digits."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]

    def rule_set_of(self, target: Target) -> RuleSet:
        """The rule set that gives a target its level; KeyError for targets without one."""
        return self.rule_sets[target.rule_set or ""]

    def hash_of(self, target: Target) -> str:
        """What judges the target, as 16 hex digits: its own text, its rule set, scope and standard-coal table.

        The target it follows or is exempted by judges with it.
        """
        parts: list[BaseModel] = [target, self.coal]
        named = {target.follows, target.exempt_if} - {None}
        others = [one for one in self.targets.values() if one.id in named or (target.check and one.parent in named)]
        for one in (target, *others):
            parts += [one] if one is not target else []
            parts += [self.scopes[one.scope]] if one.scope in self.scopes else []
            parts += [self.rule_set_of(one)] if one.rule_set else []
        text = "\n".join(part.model_dump_json() for part in parts)
        successor = self.successors.get(self.plan_of[target.id].id) if target.id in self.plan_of else None
        if target.sum_of is not None and self.quality is not None and self.quality.coverage is not None:
            text += f"\ncoverage {self.quality.coverage}"
        if successor is not None:
            text += f"\nsucceeded by {successor.id} as {self.continued.get(target.id, '')}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]
