"""The dead-man's switch: a URL that is pinged while all is well, so that silence is an alarm elsewhere."""

import aiohttp

from monitor.adapters.address_guard import AddressGuard

_TIMEOUT_S = 10


async def ping_heartbeat(url: str, user_agent: str, allowed: tuple[str, ...]) -> str:
    """Ping *url* once; what went wrong in plain words, or an empty text."""
    connector = aiohttp.TCPConnector(socket_factory=AddressGuard(allowed).socket_factory(), force_close=True)
    timeout = aiohttp.ClientTimeout(total=_TIMEOUT_S)
    try:
        async with (
            aiohttp.ClientSession(
                connector=connector,
                timeout=timeout,
                headers={"User-Agent": user_agent},
                cookie_jar=aiohttp.DummyCookieJar(),
            ) as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            return "" if answer.status < 300 else f"it answers with status {answer.status}"
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
