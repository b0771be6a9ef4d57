"""The tests read the sources, whether a compiled form of them lies there or not: some count calls, or copy parts."""

import os

os.environ["MONITOR_PLAIN"] = "1"
