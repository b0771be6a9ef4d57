"""Feeds: where they are found, when each is asked again, how it is doing, and what of that is told."""
