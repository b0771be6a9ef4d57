"""Small values for tests, with nothing in them that a test does not care about."""

from datetime import UTC, datetime

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
