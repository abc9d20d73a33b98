"""What the gateway answers a data logger. Pure.

Seen in public code that talks to real platforms: the data answer 9014 (`ST=91`, empty CP, the QN of the message). The
notice answer 9013 has the same form there. 9011 with QnRtn for what is refused is how one public server does it; the
standard's own words could not be read (docs/howto/hj212.md).
"""

from enum import StrEnum

from planwatch.gateway.frame import framed
from planwatch.gateway.segment import Edition, Segment

DATA_ANSWER, NOTICE_ANSWER, REQUEST_ANSWER = "9014", "9013", "9011"
NOTICES = frozenset({"1013"})
"""Notices of a logger: asking to have its clock set. We take note and do not set clocks."""
_VERSION_BITS = {Edition.HJT_2005: 0, Edition.HJ_2017: 4, Edition.HJ_2025: 8, Edition.UNKNOWN: 4}


class QnRtn(StrEnum):
    """Why a request is not carried out, as public code lists the standard's table."""

    REFUSED = "2"
    WRONG_PW = "3"
    WRONG_MN = "4"
    WRONG_ST = "5"
    WRONG_FLAG = "6"
    WRONG_QN = "7"
    WRONG_CN = "8"


def accepted(segment: Segment) -> bytes | None:
    """The answer to a message that was taken, where the logger wants one."""
    return _answer(segment, NOTICE_ANSWER if segment.cn in NOTICES else DATA_ANSWER, "")


def refused(segment: Segment, why: QnRtn) -> bytes | None:
    """The answer to a message that was not taken, where the logger wants one."""
    return _answer(segment, REQUEST_ANSWER, f"QnRtn={why.value}")


def _answer(segment: Segment, command: str, cp: str) -> bytes | None:
    if not (segment.wants_answer and segment.qn):
        return None
    flag = _VERSION_BITS[segment.edition]
    return framed(
        f"QN={segment.qn};ST=91;CN={command};PW={segment.pw};MN={segment.mn};Flag={flag};CP=&&{cp}&&".encode()
    )
