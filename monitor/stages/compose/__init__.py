"""Writes messages: `outline` says what, `message` gives it the form of a channel."""
