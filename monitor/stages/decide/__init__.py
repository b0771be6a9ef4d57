"""From a story to what is said of it under each rule, with the reason, spoken or not."""
