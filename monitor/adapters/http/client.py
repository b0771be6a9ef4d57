"""
One GET at a time over HTTP: within limits, and only to addresses that the guard lets pass.

Redirects are followed here and not by the library, so that each hop is judged: its scheme, whether it is
permanent, and whether credentials may go along (only to the origin they were meant for).
"""

import asyncio
import hashlib
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import aiohttp
from yarl import URL

from monitor.adapters.address_guard import AddressGuard
from monitor.adapters.http.faults import (
    OddAnswerError,
    is_no_way,
    packed_otherwise,
    read_fault,
    status_fault,
    told_of,
)
from monitor.adapters.http.hosts import Hosts
from monitor.adapters.http.large_bodies import LargeBodies
from monitor.adapters.http.session import CHUNK, open_resolver, open_session
from monitor.adapters.http.unpacking import PackedOtherwiseError, Unpacker
from monitor.domain.errors import FetchError, FetchFault
from monitor.domain.policy import FetchPolicy
from monitor.stages.feeds.plan import retry_after_s
from monitor.stages.sites import domain_of, is_public_name

_MEBIBYTE = 2**20
_LONGEST_HOST = 253
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_DOCUMENT = frozenset({200, 203, 226})
_NOT_MODIFIED = 304
_TOO_MANY = 429
_BROWSER = "give the address at which a browser ends up"
# They vouch for a whole document.
_VOUCHING = frozenset({"etag", "last-modified"})
_PLAINLY = {"Accept-Encoding": "identity", "Connection": "close"}
# What the stages after this one read of an answer; the rest is not kept.
_KEPT_HEADERS = (
    "age",
    "cache-control",
    "content-language",
    "content-location",
    "content-type",
    "etag",
    "expires",
    "last-modified",
    "link",
    "retry-after",
)


@dataclass(frozen=True, slots=True)
class Request:
    """
    What is asked for. *private* headers go to the origin of ``url`` only.

    ``is_visit``: its address was chosen by a document and not by the operator (a page, a sitemap of another site).
    ``refusal``: asked why we may not go where it redirects to, empty where we may. ``is_plain``: for servers that trip
    over what is usual; nothing is packed on the way (where it is all the same, the body is what came), and the
    connection ends with the answer.
    """

    url: URL
    headers: Mapping[str, str]
    max_bytes: int
    private: Mapping[str, str] = field(default_factory=dict, repr=False)
    is_visit: bool = False
    refusal: Callable[[URL], Awaitable[str]] | None = None
    is_plain: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The end of a chain of redirects. ``body`` is None for a 304; ``is_permanent``: every hop was, if any."""

    status: int
    url: URL
    headers: Mapping[str, str]
    body: bytes | None
    body_hash: str
    is_permanent: bool
    elapsed_s: float


class BrokenOffError(FetchError):
    """An answer ended before it was whole; ``answer`` is what came of it, without what would vouch for a whole one."""

    def __init__(self, message: str, answer: Answer) -> None:
        super().__init__(message)
        self.answer = answer


@dataclass(frozen=True, slots=True)
class _Body:
    """
    What was read of an answer, and how long that waited for room.

    ``fault``: it broke off. Not ``is_whole``: it came to its end, but what was packed in it did not.
    """

    data: bytes
    waited_s: float = 0.0
    fault: FetchError | None = None
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class _Hop:
    """One answer: a redirect to ``target``, or the end."""

    status: int
    headers: Mapping[str, str]
    target: URL | None = None
    body: _Body | None = None


class HttpClient:
    """
    Connections to the web, opened at the first request in the loop that is running then.

    A request waits for its host and for a free slot before its time starts to run. No cookies are kept,
    no proxy is taken from the environment: it would connect where our guard does not see it.
    """

    def __init__(self, policy: FetchPolicy, guard: AddressGuard, user_agent: str) -> None:
        self.user_agent = user_agent
        self._policy = policy
        self.hosts = Hosts(policy)
        # The same for where others lead us: what comes of that (a rest, a queue) must not hold up the host's own feeds.
        self.visits = Hosts(policy)
        self._large = LargeBodies(policy.most_large, policy.read_timeout)
        self._unreached: set[str] = set()  # hosts to which there was no way since the last answer of any
        self._guard = guard
        self._sessions: dict[bool, aiohttp.ClientSession] = {}  # the usual one, and that for odd answers
        self._resolver: aiohttp.abc.AbstractResolver | None = None

    async def get(self, request: Request, now: datetime) -> Answer:
        """
        Ask for ``request.url`` and follow redirects. *now* serves to read a Retry-After that is a date.

        Raises:
            FetchError: in plain words; it names the host and never the whole address.
        """
        left_s, spent_s = self._policy.timeout.total_seconds(), 0.0
        url, is_permanent, passed = request.url, True, set[URL]()
        for _ in range(self._policy.max_redirects + 1):
            host = url.host or ""
            hosts = self._hosts_of(host, request)
            self._check_rest(host, hosts)
            async with hosts.slot(host):
                started = asyncio.get_running_loop().time()
                try:
                    hop = await self._hop(url, request, left_s - spent_s, now)
                except OddAnswerError:
                    if request.is_plain:
                        raise
                    request, hop = replace(request, is_plain=True), None
                spent_s += asyncio.get_running_loop().time() - started
            if hop is None:
                continue
            if hop.target is None:
                return _answer(hop, url, spent_s, is_permanent=is_permanent)
            is_permanent = is_permanent and hop.status in _PERMANENT
            passed.add(url)
            url = await _onward(request, hop.target, passed)
        raise FetchError(f"{request.url.host} redirects more than {self._policy.max_redirects} times: {_BROWSER}")

    async def post_form(self, url: URL, form: Mapping[str, str]) -> int:
        """
        Post *form* and tell the status of the answer, whose body is not read; redirects are not followed.

        Raises:
            FetchError: in plain words.
        """
        host = url.host or ""
        self._check_rest(host, self.hosts)
        async with self.hosts.slot(host):
            try:
                async with (
                    asyncio.timeout(self._policy.timeout.total_seconds()),
                    self._open().post(
                        url, data=form, headers={"User-Agent": self.user_agent}, allow_redirects=False
                    ) as response,
                ):
                    response.close()
                    return response.status
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                # A hub is named by a document.
                raise told_of(self._fault(error, host), host, host, is_visit=True) from error

    async def close(self) -> None:
        """Close all connections."""
        sessions, self._sessions = self._sessions, {}
        resolver, self._resolver = self._resolver, None
        for session in sessions.values():
            await session.close()
        if resolver is not None:
            await resolver.close()

    def _open(self, *, is_plain: bool = False) -> aiohttp.ClientSession:
        session = self._sessions.get(is_plain)
        if session is None:
            self._resolver = self._resolver or open_resolver()
            session = open_session(self._policy, self._guard, self._resolver, is_plain=is_plain)
            self._sessions[is_plain] = session
        return session

    def _hosts_of(self, host: str, request: Request) -> Hosts:
        own = request.url.host or ""
        is_own = host == own or domain_of(host) == domain_of(own)
        return self.hosts if is_own and not request.is_visit else self.visits

    def _check_rest(self, host: str, hosts: Hosts) -> None:
        left_s = self.hosts.rest_left_s(host)
        if hosts is not self.hosts:
            left_s = max(left_s, hosts.rest_left_s(host))
        if left_s > 0:
            raise FetchError(f"{host} asked to be left alone", kind=FetchFault.RESTING, retry_after_s=left_s)

    async def _hop(self, url: URL, request: Request, left_s: float, now: datetime) -> _Hop:
        host = url.host or ""
        headers: Mapping[str, str] = request.headers
        if request.private and url.origin() == request.url.origin():
            headers = {**headers, **request.private}
        if request.is_plain:
            headers = {**headers, **_PLAINLY}
        session = self._open(is_plain=request.is_plain)
        try:
            async with (
                asyncio.timeout(left_s) as clock,
                session.get(url, headers=headers, allow_redirects=False, auto_decompress=False) as response,
            ):
                return await self._read(url, response, request, now, clock)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise told_of(self._fault(error, host), host, request.url.host or "", is_visit=request.is_visit) from error

    def _fault(self, error: Exception, host: str) -> FetchError:
        fault = read_fault(error, host, self._policy)
        if fault.kind is FetchFault.FAILED and is_no_way(error) and is_public_name(host):
            self._unreached.add(host)
            if len(self._unreached) >= self._policy.offline_hosts:
                return FetchError(f"no host can be reached at the moment ({fault})", kind=FetchFault.OFFLINE)
            return FetchError(str(fault), kind=FetchFault.UNREACHED)
        return fault

    async def _read(
        self, url: URL, response: aiohttp.ClientResponse, request: Request, now: datetime, clock: asyncio.Timeout
    ) -> _Hop:
        status, host = response.status, url.host or ""
        self._unreached.clear()
        headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
        if status == _NOT_MODIFIED:
            return _Hop(status, headers)
        if status in _REDIRECTS and "Location" in response.headers:
            return _Hop(status, headers, target=_target(url, response.headers["Location"]))
        if status not in _DOCUMENT:
            asked_s = retry_after_s(headers.get("retry-after"), now)
            if status == _TOO_MANY or (asked_s is not None and status >= 500):
                self._hosts_of(host, request).rest(host, self._rest_s(asked_s))
            response.close()
            raise status_fault(status, response.headers, host, asked_s)
        body = await self._read_body(response, host, request, clock)
        if body.fault is not None or not body.is_whole:
            headers = {name: value for name, value in headers.items() if name not in _VOUCHING}
        return _Hop(status, headers, body=body)

    async def _read_body(
        self, response: aiohttp.ClientResponse, host: str, request: Request, clock: asyncio.Timeout
    ) -> _Body:
        """The unpacked body, or what came of it where it broke off."""
        # Unlike parts that are joined, this gives its contents away without a copy.
        read, unpacker = io.BytesIO(), _unpacker(response, request)
        parts = response.content.iter_chunked(CHUNK)
        waited_s, fault, ends_at = 0.0, None, clock.when()
        # From here on the same time is measured where what came by then is at hand.
        clock.reschedule(None)
        try:
            async with asyncio.timeout_at(ends_at) as own:
                waited_s = await self._fill(read, unpacker.parts(parts) if unpacker else parts, response, request, own)
        except (aiohttp.ClientPayloadError, TimeoutError) as error:
            if not read.tell():
                raise
            fault = self._fault(error, host)
        except PackedOtherwiseError as error:
            if not request.is_plain or not read.tell():
                raise packed_otherwise(host) from error
        is_whole = unpacker is None or unpacker.is_whole
        if unpacker and not read.tell() and not (is_whole and request.is_plain):
            raise packed_otherwise(host)
        return _Body(read.getvalue(), waited_s, fault, is_whole)

    async def _fill(
        self,
        read: io.BytesIO,
        parts: AsyncIterator[bytes],
        response: aiohttp.ClientResponse,
        request: Request,
        clock: asyncio.Timeout,
    ) -> float:
        """Read *parts*, and give up as soon as they are too long; how long that waited for room, in seconds."""
        waited_s = 0.0
        length = response.content_length or 0
        if length <= request.max_bytes:
            length = 0
            async for part in parts:
                length += len(part)
                if length > request.max_bytes:
                    break
                if length > self._policy.large_body_bytes:
                    waited_s += await self._hold(clock, self._patience_s(response))
                read.write(part)
        if length > request.max_bytes:
            response.close()
            raise FetchError(f"{response.url.host} answers with more than {request.max_bytes / _MEBIBYTE:.3g} MiB")
        return waited_s

    def _patience_s(self, response: aiohttp.ClientResponse) -> float | None:
        """How long to wait for room at most: not long where little is to come, whoever drips into the places."""
        is_modest = (response.content_length or self._policy.max_body_bytes) <= self._policy.modest_body_bytes
        is_packed = "Content-Encoding" in response.headers
        return self._policy.modest_patience.total_seconds() if is_modest and not is_packed else None

    async def _hold(self, clock: asyncio.Timeout, patience_s: float | None = None) -> float:
        """Wait for room for a large body, and tell for how long; the time of the request stands still meanwhile."""
        now, ends_at = asyncio.get_running_loop().time, clock.when()
        began_at = now()
        clock.reschedule(None)
        await self._large.hold(patience_s)
        waited_s = now() - began_at
        clock.reschedule(None if ends_at is None else ends_at + waited_s)
        return waited_s

    def _rest_s(self, asked_s: float | None) -> float:
        least, most = self._policy.host_rest.total_seconds(), self._policy.longest_host_rest.total_seconds()
        return min(max(asked_s or 0.0, least), most)


def _unpacker(response: aiohttp.ClientResponse, request: Request) -> Unpacker | None:
    if "Content-Encoding" not in response.headers:
        return None
    return Unpacker(",".join(response.headers.getall("Content-Encoding")), leaves_files=request.is_plain)


def parse_address(address: str) -> URL:
    """
    *address* as a URL.

    Raises:
        FetchError: it is no http(s) address.
    """
    try:
        url = URL(address.strip())
    except ValueError as error:
        raise FetchError("the address is none that can be read", kind=FetchFault.REFUSED) from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise FetchError(f'"{url.scheme or address[:20]}:" is no http(s) address', kind=FetchFault.REFUSED)
    return url


def _answer(hop: _Hop, url: URL, spent_s: float, *, is_permanent: bool) -> Answer:
    """The end of a chain of redirects; raises where its body broke off."""
    if hop.body is None:
        return Answer(hop.status, url, hop.headers, None, "", is_permanent, spent_s)
    digest = hashlib.sha256(hop.body.data).hexdigest()
    took_s = spent_s - hop.body.waited_s
    answer = Answer(hop.status, url, hop.headers, hop.body.data, digest, is_permanent, took_s)
    if hop.body.fault is not None:
        raise BrokenOffError(str(hop.body.fault), answer) from hop.body.fault
    return answer


async def _onward(request: Request, target: URL, passed: Collection[URL]) -> URL:
    if target in passed:
        # Without cookies the same question gets the same answer.
        raise FetchError(f"{request.url.host} redirects in a circle: {_BROWSER}")
    if request.refusal is not None and (reason := await request.refusal(target)):
        raise FetchError(f"it redirects to where we may not go: {reason}", kind=FetchFault.REFUSED)
    return target


def _target(url: URL, location: str) -> URL:
    """Where a redirect leads. Credentials in it are the server's idea, not ours: they are dropped."""
    try:
        target = url.join(URL(location.strip()))
        if target.scheme in {"http", "https"} and 0 < len(target.host or "") <= _LONGEST_HOST:
            return target.with_user(None).with_fragment(None)
    except ValueError as error:
        raise FetchError(f"{url.host} redirects to an address that cannot be read", kind=FetchFault.REFUSED) from error
    raise FetchError(f"{url.host} redirects to what is no http(s) address", kind=FetchFault.REFUSED)
