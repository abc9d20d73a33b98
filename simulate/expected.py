"""What planwatch must say of the stories, whatever the seed: every change of a warning about the subjects they tell of.

The changes follow from the stories by arithmetic, with the levels of the plans' rule sets of 2021-2025. They are
complete if reports are judged delivery by delivery (``scenario.deliveries``); who judges everything at once never
sees the warning that a correction withdraws, and has the same end state.
"""

from typing import NamedTuple

from planwatch.contract.plan import Yardstick
from planwatch.contract.warning import ChangeKind


class Expected(NamedTuple):
    """One change: ``period`` is the label of the year to date it is about."""

    subject: str
    target: str
    yardstick: Yardstick
    kind: ChangeKind
    period: str


_RAISED, _ESCALATED, _EASED = ChangeKind.RAISED, ChangeKind.ESCALATED, ChangeKind.EASED
_CLEARED, _WITHDRAWN = ChangeKind.CLEARED, ChangeKind.WITHDRAWN
_ANNUAL, _FIVE_YEAR, _SINGLE = Yardstick.ANNUAL, Yardstick.FIVE_YEAR, Yardstick.SINGLE

CHONGQING_INTENSITY = ("region:500000", "chongqing.energy-intensity", _ANNUAL)
TIANJIN_INTENSITY = ("region:120000", "tianjin.energy-intensity")
ANSHAN_NOX = ("region:210300", "anshan.nox-reduction")
CHONGQING_PROJECT = ("project:sim-lg-500102-01", "chongqing.two-high-5000", _SINGLE)
BUILDING_PROJECT = ("project:sim-lg-500118-01", "chongqing.built-before-approval", _SINGLE)
DOUBLE_COUNT = "heilongjiang.ledger-double-counted"
DOUBLED_PROJECTS = ("project:sim-jp-230000-w", "project:sim-jp-230600-w")
HEILONGJIANG_PROJECT = ("project:sim-lg-230600-01", "heilongjiang.two-high-50000", _SINGLE)

EXPECTED_CHANGES = (
    # Tianjin: the half year stated a third too high, then put right.
    Expected(*TIANJIN_INTENSITY, _ANNUAL, _RAISED, "2023-H1"),
    Expected(*TIANJIN_INTENSITY, _ANNUAL, _WITHDRAWN, "2023-H1"),
    Expected(*TIANJIN_INTENSITY, _FIVE_YEAR, _RAISED, "2023-H1"),
    Expected(*TIANJIN_INTENSITY, _FIVE_YEAR, _WITHDRAWN, "2023-H1"),
    # Chongqing: yellow, red, yellow, green. Its intensity is judged by quarter.
    Expected(*CHONGQING_INTENSITY, _RAISED, "2024-H1"),
    Expected(*CHONGQING_INTENSITY, _ESCALATED, "2024-01~09"),
    Expected(*CHONGQING_INTENSITY, _EASED, "2025-H1"),
    Expected(*CHONGQING_INTENSITY, _CLEARED, "2025-01~09"),
    # Anshan's NOx ledger: this year's task is missed at once, the five-year progress falls behind by and by.
    Expected(*ANSHAN_NOX, _ANNUAL, _RAISED, "2022-01"),
    Expected(*ANSHAN_NOX, _ANNUAL, _CLEARED, "2024-01"),
    Expected(*ANSHAN_NOX, _FIVE_YEAR, _RAISED, "2022-Q1"),
    Expected(*ANSHAN_NOX, _FIVE_YEAR, _ESCALATED, "2022-01~07"),
    Expected(*ANSHAN_NOX, _FIVE_YEAR, _EASED, "2024-01~08"),
    Expected(*ANSHAN_NOX, _FIVE_YEAR, _CLEARED, "2025-01~05"),
    # Two-high projects, over twelve months: near from 80 %, reached from 100 % of the threshold.
    Expected(*CHONGQING_PROJECT, _RAISED, "2024-01~08"),
    Expected(*CHONGQING_PROJECT, _ESCALATED, "2025-H1"),
    Expected(*HEILONGJIANG_PROJECT, _RAISED, "2025-01~05"),
    # Begun in March 2023 and reviewed in May: found from March on, over when the disposal is done.
    Expected(*BUILDING_PROJECT, _RAISED, "2023-Q1"),
    Expected(*BUILDING_PROJECT, _CLEARED, "2024-01~02"),
    # From January 2022 on two entries name one permit and one facility; both show it, nobody puts it right.
    *(Expected(project, DOUBLE_COUNT, _SINGLE, _RAISED, "2022-01") for project in DOUBLED_PROJECTS),
)
"""All of them: for every other subject and target of the made-up world nothing is ever raised."""

NOT_RATED_AT_THE_END = (
    (BUILDING_PROJECT[0], "chongqing.two-high-approvals"),
    ("region:120000", "tianjin.non-fossil"),
    ("region:210300", "anshan.energy-intensity"),
    ("region:210300", "anshan.industrial-intensity"),
)
"""Subjects and targets whose newest period is not rated: a project being built reports no energy yet, Tianjin no
non-fossil energy, and Anshan's September 2025 was never reported."""
