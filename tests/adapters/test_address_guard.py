"""Which addresses are reached."""

import socket

import pytest

from monitor.adapters.address_guard import AddressGuard, AddressRefusedError

PRIVATE = [
    "127.0.0.1", "127.8.9.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
    "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1",
    "2002:7f00:1::", "2002:a00:1::1", "2001:0:7f00:1::80ff:fffe", "::7f00:1", "2001:db8::1", "fd00:ec2::254",
]  # fmt: skip
PUBLIC = ["93.184.216.34", "1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::"]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_refused(address):
    with pytest.raises(AddressRefusedError):
        AddressGuard().check(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_pass(address):
    assert AddressGuard().fault(address) == ""


@pytest.mark.parametrize(
    ("address", "passes"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("10.2.0.1", False),
        ("64:ff9b::a01:203", True),
        ("64:ff9b::a02:1", False),
        ("fd00::5", True),
        ("fd01::5", False),
    ],
)
def test_networks_that_the_operator_allowed_pass(address, passes):
    assert (AddressGuard(["10.1.0.0/16", "fd00::/16"]).fault(address) == "") is passes


@pytest.mark.parametrize("text", ["", "localhost", "0x7f.1", "127.0.0.1:80"])
def test_what_is_no_address_is_refused(text):
    assert "is no IP address" in AddressGuard().fault(text)


def test_sockets_are_made_for_allowed_addresses_only():
    factory = AddressGuard(["127.0.0.1"]).socket_factory()
    with factory((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))) as made:
        assert made.family == socket.AF_INET
    with pytest.raises(AddressRefusedError, match="allow_private_addresses"):
        factory((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.2", 80)))
