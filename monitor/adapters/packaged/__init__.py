"""What ships with the program in `monitor/lexicon/`, read into values."""
