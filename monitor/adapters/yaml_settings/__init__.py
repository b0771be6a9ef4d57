"""The operator's YAML into settings; every fault of all files at once, with file, line and column."""
