"""Processes that read documents: kept warm, watched, and killed when one takes too long or too much."""
