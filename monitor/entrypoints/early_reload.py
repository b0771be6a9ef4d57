"""A SIGHUP that comes while a service still starts would end it: it is noted, and heeded once the service listens."""

import signal


class EarlyReload:
    """Whether somebody asked for a reload before anybody could answer."""

    def __init__(self) -> None:
        self._came = False

    def listen(self) -> None:
        """From now on; what takes the signal over takes what was noted as well."""
        signal.signal(signal.SIGHUP, self._note)

    def taken(self) -> bool:
        """Whether one came; True once for it."""
        came, self._came = self._came, False
        return came

    def _note(self, *_: object) -> None:
        self._came = True


EARLY_RELOAD = EarlyReload()
