"""What the made-up register entries tell besides the figures."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class BuildingStory:
    """A 两高 project that is being built and uses no energy yet: when it was listed, begun, reviewed and dealt with."""

    id: str
    name: str
    region: str
    industry: str
    told: str
    listed: date
    begun: date
    reviewed: date
    dealt_with: date


BUILDING = (
    BuildingStory(
        "sim-lg-500118-01",
        "永川模拟水泥项目",
        "500118",
        "3011",
        "A Chongqing project is begun on 1 March 2023, ten weeks before its energy-saving review is approved "
        "(未批先建); the disposal is done in February 2024.",
        listed=date(2023, 1, 1),
        begun=date(2023, 3, 1),
        reviewed=date(2023, 5, 10),
        dealt_with=date(2024, 2, 20),
    ),
)
