"""The operator's YAML into settings; every fault of all files at once, with file, line and column."""

from monitor.adapters.yaml_settings.catalogue import load_catalogue
from monitor.adapters.yaml_settings.watchlists import load_watchlist_file

__all__ = ["load_catalogue", "load_watchlist_file"]
