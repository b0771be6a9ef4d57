"""`${NAME}` in configuration: from the environment, or from the file that NAME_FILE names."""

import re
from collections.abc import Mapping
from pathlib import Path

from monitor.adapters.yaml_settings.document import Document
from monitor.adapters.yaml_settings.document import Path as Place

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class Secrets:
    """Looks names up, and remembers the values so that they can be kept out of logs."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.values: set[str] = set()

    def lookup(self, name: str) -> str | None:
        """The value of *name*, or None where neither it nor a readable NAME_FILE is there."""
        if name in self._environ:
            return self._environ[name]
        path = self._environ.get(f"{name}_FILE")
        if path is None:
            return None
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return None

    def expand(self, document: Document, at: Place, text: str) -> str:
        """*text* with every ``${NAME}`` filled in; a name that is not there is a fault at *at*."""

        def value(found: re.Match[str]) -> str:
            secret = self.lookup(found[1])
            if not secret:
                document.faults.append(document.fault(at, self._why_not(found[1])))
                return ""
            self.values.add(secret)
            return secret

        return _VARIABLE.sub(value, text)

    def _why_not(self, name: str) -> str:
        """Why there is no value, or an empty one: what counts on a secret must not go without it."""
        if name in self._environ:
            return f"{name} is empty: set it, or leave out what needs it"
        path = self._environ.get(f"{name}_FILE")
        if path is None:
            return f"{name} is not set: set it, or {name}_FILE to a file that holds it"
        return f"{name}_FILE names {path}, which {'is empty' if self.lookup(name) == '' else 'cannot be read'}"
