"""Which machines we may talk to: a source's address is typed by a person and may point at our own insides."""

import ipaddress
import socket

from django.conf import settings
from requests_hardened.ip_filter import InvalidIPAddress, get_ip_address

from apps.foundation.network.errors import Denied

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def reachable(host: str, port: int) -> str:
    """The address to connect to, resolved once, so that it cannot change between the check and the call.

    Raises Denied for a private one that `KLATSCH_PRIVATE_PEERS` does not allow, OSError where there is none.
    """
    address = _resolved(host, port)
    if not _is_allowed(address) and _is_private(address, port):
        raise Denied(
            f"{host} is an address inside this network. Whoever runs Klatsch can allow it with KLATSCH_PRIVATE_PEERS."
        )
    return str(address)


def _resolved(host: str, port: int) -> Address:
    """The first address of the host, of IPv4 if there is one: many networks have a name for IPv6 and no way to it."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return min((_meant(str(row[4][0])) for row in found), key=lambda address: address.version)


def _meant(text: str) -> Address:
    """An address of IPv4 that is written as one of IPv6 counts as what it is."""
    address = ipaddress.ip_address(text)
    return getattr(address, "ipv4_mapped", None) or address


def _is_allowed(address: Address) -> bool:
    networks = [ipaddress.ip_network(network) for network in settings.PRIVATE_PEERS]
    return any(address in network for network in networks)


def _is_private(address: Address, port: int) -> bool:
    """Whether it leads to anything but the public internet: besides what requests-hardened knows, addresses nobody
    has been given, and those that mean an IPv4 one in the former ways of writing it."""
    if address.is_reserved or getattr(address, "is_site_local", False):
        return True
    try:
        get_ip_address(str(address), port, allow_loopback=False)
    except InvalidIPAddress:
        return True
    return False
