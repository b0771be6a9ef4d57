"""The world: everything that reads or writes outside this process."""
