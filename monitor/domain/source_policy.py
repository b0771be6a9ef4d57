"""The tunable numbers of sources that are no web feeds: sections of ``config/monitor.yaml``, as those of ``policy``."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class FolderPolicy:
    """How a folder of article files is read: ``every`` is how soon a file that was dropped in is seen."""

    every: timedelta = timedelta(seconds=2)
    max_file_bytes: int = 2**20
    max_files: int = 20_000


@dataclass(frozen=True, slots=True)
class MailboxPolicy:
    """
    What of a mailbox is read: at the first look the mails of so many days, then what came since.

    ``timeout`` is for one answer to begin or go on, ``patience`` for all of a look; what is left comes with the next.
    So many are looked into ``at_once``. The mail at which so many looks failed is left out where others are given out.
    """

    timeout: timedelta = timedelta(seconds=20)
    patience: timedelta = timedelta(minutes=1)
    at_once: int = 4
    first_days: timedelta = timedelta(days=3)
    max_mails: int = 200
    max_mail_bytes: int = 2 * 2**20
    max_bytes: int = 15 * 2**20
    left_out_after: int = 3
