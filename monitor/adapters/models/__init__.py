"""Models that a user runs: a second reader and an embedding model, each behind an endpoint of HTTP."""
