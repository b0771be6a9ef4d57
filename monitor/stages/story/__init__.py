"""A story as known now: whose voices tell it, what they say of whom, who confirms and who denies it."""
