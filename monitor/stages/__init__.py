"""The verbs: pure functions from one noun to the next; no I/O, clock, chance or logging."""
