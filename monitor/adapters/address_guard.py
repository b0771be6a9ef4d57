"""
Which addresses we connect to: public ones, and private ones only where the operator allowed their network.

The check stands where the connection is made, after names were resolved: so redirects, odd spellings of an
address and names that resolve differently the second time meet it as well.
"""

import functools
import ipaddress
import socket
from collections.abc import Callable, Iterable

_IPv4 = ipaddress.IPv4Address
_IPv6 = ipaddress.IPv6Address
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_NAT64, _OWN_NAT64 = ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48")
# Where an own prefix of 48, 56, 64 or 96 bits leaves room for the four bytes; the eighth byte is always left out.
_IN_OWN_NAT64 = ((6, 7, 9, 10), (7, 9, 10, 11), (9, 10, 11, 12), (12, 13, 14, 15))
_NO_HOSTS = ipaddress.IPv4Network("0.0.0.0/8")
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)
# What the tables of some versions of Python let pass: metadata services of clouds (Azure's, Oracle's), what is kept for
# protocols, for translating, for examples and for segment routing.
_NOT_PUBLIC = tuple(
    map(ipaddress.ip_network, ("168.63.129.16", "192.0.0.0/24", "192.88.99.0/24", "3fff::/20", "5f00::/16"))
)
# Ports that the Fetch standard forbids to browsers: what listens there may take lines of a request for orders.
_OF_BROWSERS = (
    *(0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109),
    *(110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530),
    *(531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190),
    *(5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080),
)
# The same of shares, databases, caches and printers.
_OF_MACHINES = (445, 3306, 5432, 6379, 9100, 11211, 27017)
NO_WEB_PORTS = frozenset((*_OF_BROWSERS, *_OF_MACHINES))
_REMEMBERED = 20_000  # addresses: more than hosts are polled in a quarter of an hour on most machines
AddressInfo = tuple[int, int, int, str, tuple[object, ...]]


class AddressRefusedError(OSError):
    """A connection to an address that is not public, and whose network nobody allowed."""


class AddressGuard:
    """Judges addresses. *allowed* holds networks such as ``127.0.0.0/8`` that may be reached although private."""

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self._allowed = tuple(ipaddress.ip_network(network, strict=False) for network in allowed)
        # The same few addresses are met again and again, and to look through all that is not public takes long.
        self._faults = functools.lru_cache(_REMEMBERED)(self._fault)

    def fault(self, address: str) -> str:
        """Why *address* is not to be reached, in plain words; empty where it may be."""
        return self._faults(address)

    def _fault(self, address: str) -> str:
        try:
            seen = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return f"{address!r} is no IP address"
        # Every address in the wrapping must pass: a public NAT64 prefix may lead to the loopback device.
        for inner in _unwrapped(seen):
            if self._allows(inner) or self._allows(seen):
                continue
            if not _is_public(inner):
                return f"the address {address} is private: add its network to allow_private_addresses to reach it"
        return ""

    def port_fault(self, address: str, port: object) -> str:
        """Why a web server is not to be looked for at *port*; empty where it may be, as in all networks allowed."""
        if port not in NO_WEB_PORTS or self._allows(ipaddress.ip_address(address.partition("%")[0])):
            return ""
        words = f"the address {address} is named with port {port}, where no web server listens"
        return f"{words}: add its network to allow_private_addresses to reach it"

    def check(self, address: str) -> None:
        """Raises AddressRefusedError where *address* is not to be reached."""
        _refuse(self.fault(address))

    def socket_factory(self, *, is_web: bool = False) -> Callable[[AddressInfo], socket.socket]:
        """
        For ``aiohttp.TCPConnector(socket_factory=...)``: called with the final address of each connection.

        ``is_web``: strangers name the addresses, of which some lead to what is no web server.
        """

        def factory(address_info: AddressInfo) -> socket.socket:
            family, kind, protocol, _, sockaddr = address_info
            address = str(sockaddr[0])
            _refuse(self.fault(address) or (self.port_fault(address, sockaddr[1]) if is_web else ""))
            return socket.socket(family=family, type=kind, proto=protocol)

        return factory

    def _allows(self, address: _IPv4 | _IPv6) -> bool:
        return _is_within(address, self._allowed)


def _refuse(fault: str) -> None:
    if fault:
        raise AddressRefusedError(fault)


def _unwrapped(address: _IPv4 | _IPv6) -> tuple[_IPv4 | _IPv6, ...]:
    """The addresses that this one stands for: itself, or those wrapped in IPv6."""
    if isinstance(address, _IPv4):
        return (address,)
    if address.ipv4_mapped:
        return (address.ipv4_mapped,)
    if address.sixtofour:
        return (address.sixtofour,)
    if address.teredo:
        return address.teredo
    if address in _OWN_NAT64:
        return _in_own_nat64(address)
    last = _IPv4(int(address) & 0xFFFF_FFFF)
    if int(address) >> 32 & 0xFFFF_FFFF in _ISATAP:
        return (address, last)
    # The other one is the deprecated ::a.b.c.d.
    is_wrapping = address in _NAT64 or (int(address) >> 32 == 0 and int(address) > 1)
    return (last,) if is_wrapping else (address,)


def _in_own_nat64(address: _IPv6) -> tuple[_IPv4, ...]:
    """How long the prefix is, is known to the network only; none of the readings is where no host can be."""
    readings = [_IPv4(bytes(address.packed[place] for place in taken)) for taken in _IN_OWN_NAT64]
    return tuple(one for one in readings if one not in _NO_HOSTS) or (readings[0],)


def _is_public(address: _IPv4 | _IPv6) -> bool:
    refused = (
        address.is_private,
        address.is_loopback,
        address.is_link_local,
        address.is_multicast,
        address.is_reserved,
        address.is_unspecified,
        isinstance(address, _IPv6) and address.is_site_local,
    )
    return address.is_global and not any(refused) and not _is_within(address, _NOT_PUBLIC)


def _is_within(address: _IPv4 | _IPv6, networks: Iterable[_Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)
