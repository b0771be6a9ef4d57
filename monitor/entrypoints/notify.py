"""sd_notify(3): tells systemd that the service is up and alive; nothing where systemd is not there."""

import os
import socket


def notify(state: str) -> bool:
    """Send *state* (such as ``READY=1``) to the service manager; False where there is none."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as link:
        try:
            link.connect(address)
            link.sendall(state.encode())
        except OSError:
            return False
    return True
