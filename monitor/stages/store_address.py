"""Whether `storage:` is the address of a store."""

from urllib.parse import urlsplit

_SQLITE, _SERVERS = "sqlite:///", ("postgresql://", "postgresql+psycopg://")
_HOW = "it is sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE"
# Never with the value: what stands where it does not belong is a password, mostly.
_SIGNS = "its host or port cannot be read; in a name or password @ / ? # % are written %40 %2F %3F %23 %25"


def store_address_fault(url: str) -> str:
    """What is wrong with the address of a store, in plain words, or an empty text."""
    if url.startswith(_SERVERS):
        return "" if _is_readable(url) else f"no address of a store: {_SIGNS}"
    return "" if url.startswith(_SQLITE) else f"no address of a store: {_HOW}"


def _is_readable(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.netloc.count("@") <= 1 and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
