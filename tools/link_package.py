"""Put this checkout and its `monitor` command into a virtual environment, without building a wheel."""

import sys
from pathlib import Path

SCRIPT = """#!{python}
import sys

from monitor.entrypoints.cli.main import main

sys.exit(main())
"""


def main() -> None:
    venv = Path(sys.argv[1]).resolve()
    checkout = Path(__file__).resolve().parent.parent
    (site,) = (venv / "lib").glob("python3*/site-packages")
    (site / "news_monitor.pth").write_text(f"{checkout}\n", encoding="utf-8")
    command = venv / "bin" / "monitor"
    command.write_text(SCRIPT.format(python=venv / "bin" / "python"), encoding="utf-8")
    command.chmod(0o755)


if __name__ == "__main__":
    main()
