"""
The jobs, each a run from read to save; the whole product in three functions:

    collect   due feeds -> fetch -> parse -> normalise -> save articles and next check
    assess    new articles -> detect -> group -> decide -> compose -> save
    deliver   pending notifications -> send -> save delivery
"""

from monitor.pipeline.assessing import Desk, Embed, LookAgain, Read, assess, close_quiet
from monitor.pipeline.collecting import Intake, collect
from monitor.pipeline.delivering import DeadLetter, Lane, deliver
from monitor.pipeline.pieces import in_halves

__all__ = [
    "DeadLetter",
    "Desk",
    "Embed",
    "Intake",
    "Lane",
    "LookAgain",
    "Read",
    "assess",
    "close_quiet",
    "collect",
    "deliver",
    "in_halves",
]
