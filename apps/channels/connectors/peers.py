"""Which machines we may talk to: a source's address is typed by a person and may point at our own insides."""

import ipaddress
import socket

from django.conf import settings
from requests_hardened.ip_filter import InvalidIPAddress, get_ip_address

from apps.channels.connectors.base import Denied


def is_private_peer(host: str, port: int) -> bool:
    """Whether every address of the host lies in `settings.PRIVATE_PEERS`. Raises OSError where it has none."""
    networks = [ipaddress.ip_network(network) for network in settings.PRIVATE_PEERS]
    found = {row[4][0] for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    addresses = [ipaddress.ip_address(str(one).partition("%")[0]) for one in found]
    return bool(addresses) and all(any(one in network for network in networks) for one in addresses)


def reachable(host: str, port: int) -> str:
    """The address to connect to, resolved once, so that it cannot change between the check and the call.

    Raises Denied for a private one that `KLATSCH_PRIVATE_PEERS` does not allow, OSError where there is none.
    """
    if is_private_peer(host, port):
        return str(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][0])
    try:
        return str(get_ip_address(host, port, allow_loopback=False)[0])
    except InvalidIPAddress:
        raise Denied(
            f"{host} is an address inside this network. Whoever runs Klatsch can allow it with KLATSCH_PRIVATE_PEERS."
        ) from None
