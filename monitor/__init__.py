"""News Monitor: told once for each story when the news says that a watched company was attacked."""

from pathlib import Path

from monitor.compiled import compiled_folder, use_compiled

__version__ = "0.1.0"
# Before any stage is imported, in each process of ours: whether the stages are compiled ones.
STAGES = use_compiled(Path(__file__).parent, compiled_folder())
