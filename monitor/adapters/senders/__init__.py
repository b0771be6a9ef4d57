"""The ways out: one sender a channel, made by `open_sender`."""
