"""The tunable numbers of sources that are no web feeds: sections of ``config/monitor.yaml``, as those of ``policy``."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class FolderPolicy:
    """How a folder of article files is read: ``every`` is how soon a file that was dropped in is seen."""

    every: timedelta = timedelta(seconds=2)
    """How often folders of article files are looked into, unless a feed says `every`."""
    max_file_bytes: int = 2**20
    """An article file larger than this (bytes) is not read."""
    max_files: int = 20_000
    """A folder that holds more files than this is not read."""


@dataclass(frozen=True, slots=True)
class MailboxPolicy:
    """
    What of a mailbox is read: at the first look the mails of so many days, then what came since.

    ``timeout`` is for one answer to begin or go on, ``patience`` for all of a look; what is left comes with the next.
    So many are looked into ``at_once``. The mail at which so many looks failed is left out where others are given out.
    """

    timeout: timedelta = timedelta(seconds=20)
    """A look fails if the mail server sends nothing for this long."""
    patience: timedelta = timedelta(minutes=1)
    """Most time for one look into a mailbox; what is left comes next time."""
    at_once: int = 4
    """How many mailboxes are looked into at the same time."""
    first_days: timedelta = timedelta(days=3)
    """How far back mails are read at the first look."""
    max_mails: int = 200
    """Most mails read in one look; at the first look, the newest ones."""
    max_mail_bytes: int = 2 * 2**20
    """A mail is read up to this size (bytes); the rest is cut off."""
    max_bytes: int = 15 * 2**20
    """A look ends once its mails exceed this size (bytes); others come later."""
    left_out_after: int = 3
    """Failed looks in a row until the mail that they failed at is skipped."""
