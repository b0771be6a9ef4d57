"""Care for the hosts we ask: how many requests at once, how far apart, and whom to leave alone for a while."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from monitor.adapters.descriptors import at_once, take_all
from monitor.domain.policy import FetchPolicy
from monitor.ports import HostWish
from monitor.stages.sites import domain_of, holder_of, is_public_name

_MOST_HOSTS = 20_000


@dataclass(slots=True)
class _Host:
    slots: asyncio.Semaphore
    next_at: float = 0.0
    rests_until: float = 0.0
    spacing_s: float = 0.0
    users: int = field(default=0)


class Hosts:
    """
    Slots for requests; lives as long as its event loop. All times are those of the loop, in seconds.

    Requests are counted by host name. Rest is counted by registrable domain: a publisher that asks for
    patience at one of its names is left alone at all of them; names that a firm gave away count for themselves.
    """

    def __init__(self, policy: FetchPolicy) -> None:
        self._policy = policy
        most = at_once(take_all(), policy.concurrency + policy.overtime, policy.concurrency)
        self._total = asyncio.Semaphore(most)
        self._hosts: OrderedDict[str, _Host] = OrderedDict()
        self._any_rests_until = 0.0

    @asynccontextmanager
    async def slot(self, name: str) -> AsyncIterator[None]:
        """Wait for one of the host's slots, then for one of all: who waits for a slow host holds up no other."""
        host = self._host(name)
        host.users += 1
        try:
            async with host.slots:
                await self._keep_distance(name, host)
                async with self._total:
                    yield
        finally:
            host.users -= 1

    def rest(self, name: str, seconds: float) -> None:
        """
        Leave the domain of *name* alone for so long; hosts of our own network need no rest.

        Where a firm gives names away, who holds one of them speaks for all others no longer than ``host_rest``.
        """
        if not is_public_name(name):
            return
        now, least_s = asyncio.get_running_loop().time(), self._policy.host_rest.total_seconds()
        for part, rest_s in ((domain_of(name), min(seconds, least_s)), (holder_of(name), seconds)):
            self._rest(self._host(part), now + rest_s)

    def keep_distance(self, name: str, seconds: float) -> None:
        """Ask *name* at most once in so many seconds from now on, because it wished so."""
        self._host(name).spacing_s = min(seconds, self._policy.longest_spacing.total_seconds())

    def rest_left_s(self, name: str) -> float:
        """How long *name* is to be left alone still."""
        now = asyncio.get_running_loop().time()
        if self._any_rests_until <= now:  # mostly, and each poll asks
            return 0.0
        known = [self._hosts[part] for part in {domain_of(name), holder_of(name)} if part in self._hosts]
        return max((host.rests_until - now for host in known if host.rests_until > now), default=0.0)

    def wishes(self) -> Mapping[str, HostWish]:
        """What hosts asked for and is not over, for others who ask them, too."""
        now = asyncio.get_running_loop().time()
        return {
            name: HostWish(max(host.rests_until - now, 0.0), host.spacing_s, max(host.next_at - now, 0.0))
            for name, host in self._hosts.items()
            if host.rests_until > now or host.spacing_s
        }

    def respect(self, wishes: Mapping[str, HostWish]) -> None:
        """Keep to what hosts asked of others."""
        now = asyncio.get_running_loop().time()
        for name, wish in wishes.items():
            host = self._host(name)
            self._rest(host, now + wish.rest_s)
            host.next_at = max(host.next_at, now + wish.next_s)
            host.spacing_s = min(max(host.spacing_s, wish.spacing_s), self._policy.longest_spacing.total_seconds())

    def _rest(self, host: _Host, until: float) -> None:
        host.rests_until = max(host.rests_until, until)
        self._any_rests_until = max(self._any_rests_until, until)

    async def _keep_distance(self, name: str, host: _Host) -> None:
        spacing = host.spacing_s
        if is_public_name(name):
            spacing = max(spacing, self._policy.host_spacing.total_seconds())
        if not spacing:
            return
        now = asyncio.get_running_loop().time()
        at = max(host.next_at, now)
        host.next_at = at + spacing
        if at > now:
            await asyncio.sleep(at - now)

    def _host(self, name: str) -> _Host:
        host = self._hosts.get(name)
        if host is None:
            self._forget_idle()
            host = self._hosts[name] = _Host(asyncio.Semaphore(self._policy.per_host))
        self._hosts.move_to_end(name)
        return host

    def _forget_idle(self) -> None:
        if len(self._hosts) < _MOST_HOSTS:
            return
        now = asyncio.get_running_loop().time()
        idle = [name for name, host in self._hosts.items() if not host.users and host.rests_until <= now]
        for name in idle[: _MOST_HOSTS // 10]:
            del self._hosts[name]
