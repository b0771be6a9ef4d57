"""Which channels hear of an alert, and when; what a channel may be, and what happens after each attempt."""
