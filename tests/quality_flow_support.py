"""A target that sums over units, made of a shipped one: what quality checks take out of sums shows in it."""

from decimal import Decimal

from planwatch.contract.plan import Basis, Cadence, Measure, TargetKind, Yardstick
from planwatch.contract.report import SubjectKind


def summed(shipped):
    """Chongqing's industrial intensity target made one of its units' coal: at most 400,000 tce a year."""
    target = shipped.targets["chongqing.industrial-intensity"]
    return target.model_copy(
        update={
            "kind": TargetKind.LEVEL_MAX,
            "measure": Measure(of="energy.standard_coal", unit="tce"),
            "sum_of": SubjectKind.UNIT,
            "value": Decimal(400000),
            "unit": "tce",
            "base_year": None,
            "target_year": None,
            "path": None,
            "rule_set": "limit",
            "basis": Basis.EQUIVALENT,
            "yardsticks": (Yardstick.SINGLE,),
            "cadence": Cadence.MONTH,
        }
    )
