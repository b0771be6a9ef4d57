"""Feeds that mean harm: what a hostile or broken server may send, and what must come of it."""
