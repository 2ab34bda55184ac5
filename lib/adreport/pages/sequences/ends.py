"""How a pathway can end: the words and the mark of each end, in the order of tables."""

from dataclasses import dataclass

from adreport.show.colours import INK, PAPER
from adreport.study.eras import LOST, REMISSION, STOPPED
from adreport.study.reasons import NOT_RECORDED, NOT_RECORDED_LABEL, ONGOING


@dataclass(frozen=True)
class End:
    """An end: its label, what stands for it in narrow drawings, and words for "12 patients were ...".

    `marker`, `size` and `face`: of its mark at the end of a row of bars. `status`: the status at data lock that goes
    with it, "" for none.
    """

    label: str
    short: str
    words: str
    marker: str
    size: float
    face: str = INK
    status: str = ""


ENDS = {
    ONGOING: End("Ongoing", "on", "still on treatment", ">", 5, status="on_treatment"),
    REMISSION: End("Remission", "rem", "in remission", "*", 7, status="topical_remission"),
    STOPPED: End("Stopped", "stop", "off treatment for another reason", "|", 7),
    LOST: End("Lost", "lost", "lost to follow-up", "o", 5, PAPER, status="lost_to_follow_up"),
    NOT_RECORDED: End(NOT_RECORDED_LABEL, "?", "without a recorded end", "$?$", 5),
}
