"""Which addresses are reached: the public ones, in whatever clothes the others come."""

import socket

import pytest

from monitor.adapters.address_guard import AddressGuard, AddressRefusedError


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "64:ff9b:1::808:808", "64:ff9b:1:808:8:800::", "::ffff:8.8.8.8"],
)
def test_public_addresses_are_reached(address: str) -> None:
    assert AddressGuard().fault(address) == ""


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1",
        "64:ff9b:1::",
        "64:ff9b:1:a00:0:100:808:808",
        "64:ff9b:1:0:a:0:100:0",
        "2001:4860:0:0:0:5efe:a00:1",
        "2001:4860::200:5efe:7f00:1",
        "168.63.129.16",
        "192.0.0.192",
        "3fff::1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "fd00::1",
        "ff02::1",
        "2001:db8::1",
    ],
)
def test_all_others_are_refused(address: str) -> None:
    assert "allow_private_addresses" in AddressGuard().fault(address)
    with pytest.raises(AddressRefusedError):
        AddressGuard().check(address)


def test_what_is_no_address_is_refused() -> None:
    assert "no IP address" in AddressGuard().fault("localhost")


def test_an_allowed_network_is_reached_and_no_other() -> None:
    guard = AddressGuard(["127.0.0.0/8", "fd00::/8"])
    assert guard.fault("127.0.0.1") == ""
    assert guard.fault("::ffff:127.0.0.1") == ""
    assert guard.fault("fd12::1") == ""
    assert guard.fault("10.0.0.1") != ""
    assert guard.fault("::1") != ""


@pytest.mark.parametrize("port", [0, 22, 25, 143, 6379, 9100, 10080, 11211])
def test_no_web_server_is_looked_for_where_something_else_listens(port: int) -> None:
    info = (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("8.8.8.8", port))
    assert AddressGuard().port_fault("2606:4700::1111%eth0", port)
    with pytest.raises(AddressRefusedError, match=f"port {port}, where no web server listens"):
        AddressGuard().socket_factory(is_web=True)(info)
    # A mailbox, or a channel that somebody named, may be there.
    for guard, is_web in ((AddressGuard(), False), (AddressGuard(["8.8.8.0/24"]), True)):
        guard.socket_factory(is_web=is_web)(info).close()


@pytest.mark.parametrize("port", [80, 443, 2368, 3000, 4000, 5000, 8000, 8080, 8443, 8888, 9000, 9090])
def test_ports_that_web_servers_have_are_reached(port: int) -> None:
    assert AddressGuard().port_fault("8.8.8.8", port) == ""


def test_the_socket_is_made_for_what_may_be_reached_only() -> None:
    factory = AddressGuard(["127.0.0.0/8"]).socket_factory()
    made = factory((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 80)))
    made.close()
    with pytest.raises(AddressRefusedError):
        factory((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("10.0.0.1", 80)))
