"""What rules ask for: text conditions, and which entities of a story they are about."""
