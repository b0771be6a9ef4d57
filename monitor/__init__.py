"""News Monitor: told once for each story when the news says that a watched company was attacked."""

__version__ = "0.1.0"
