"""Refuse every connection and name look-up that leaves this machine, here and in Python children.

An audit hook cannot be removed or walked around by Python code. A refusal is also written to the file
named by NETWORK_GUARD_LOG, as a library may swallow the error: the run fails on a line in that file.
named by NETWORK_GUARD_LOG, because a library may swallow the error: the run fails on a line in that file.
"""

import ipaddress
import os
import sys

LOG_VARIABLE = "NETWORK_GUARD_LOG"
_LOOK_UPS = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")
_LOCAL_NAMES = {"", "localhost", "localhost.localdomain", "ip6-localhost", "0.0.0.0", "::"}


class NetworkBlockedError(RuntimeError):
    """A test reached for the network. Not an OSError, which code for a dead network would hide."""


def is_local(host: object) -> bool:
    """True for loopback addresses and names, unix socket paths, and None (any local address)."""
    if host is None:
        return True
    text = host.decode("ascii", "replace") if isinstance(host, (bytes, bytearray)) else str(host)
    text = text.partition("%")[0].lower()
    if text in _LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(text).is_loopback
    except ValueError:
        return False


def _refuse(event: str, target: object) -> None:
    log = os.environ.get(LOG_VARIABLE)
    if log:
        with open(log, "a", encoding="utf-8") as file:
            file.write(f"{event} {target!r} in pid {os.getpid()}: {' '.join(sys.argv)[:200]}\n")
    raise NetworkBlockedError(f"{event} to {target!r}: tests may reach loopback only")


def _audit(event: str, args: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        # A unix socket's address is a path, netlink's are numbers; an internet address starts with a text.
        address = args[1]
        internet = isinstance(address, tuple) and address and isinstance(address[0], str)
        if internet and not is_local(address[0]):
            _refuse(event, address)
    elif event in _LOOK_UPS and not is_local(args[0]):
        _refuse(event, args[0])


def install() -> None:
    """Add the hook once per process."""
    if not getattr(sys, "_network_guard", False):
        sys._network_guard = True  # a flag on sys outlives a second import by path
        sys.addaudithook(_audit)


install()
