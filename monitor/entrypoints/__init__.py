"""The ways in: command line, daemon, worker. The only place where a clock is read."""
