"""A mailbox as a source."""
