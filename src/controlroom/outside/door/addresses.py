"""Which addresses belong to the public internet. Whatever is not surely public is private."""

from __future__ import annotations

import ipaddress

_REFUSED = tuple(
    ipaddress.ip_network(network)
    for network in (
        "100.64.0.0/10",  # carriers' own (RFC 6598)
        "192.0.0.0/24",  # protocol assignments (RFC 6890)
        "192.88.99.0/24",  # 6to4 relays (RFC 7526)
        "::/96",  # IPv4-compatible (RFC 4291)
        "::ffff:0:0/96",  # IPv4-mapped
        "::ffff:0:0:0/96",  # IPv4-translated (RFC 2765)
        "64:ff9b::/96",  # NAT64 (RFC 6052): an IPv4 address inside, private or not
        "64:ff9b:1::/48",  # NAT64, local (RFC 8215)
        "2001::/23",  # Teredo and other assignments (RFC 2928)
        "2002::/16",  # 6to4: an IPv4 address inside (RFC 3056)
        "3fff::/20",  # documentation (RFC 9637)
        "5f00::/16",  # segment routing (RFC 9602)
        "fec0::/10",  # site-local (RFC 3879)
    )
)


def public(address: str) -> bool:
    """Whether an IPv4 or IPv6 address, as the resolver gives it, is one of the public internet.

    Refused: private, loopback, link-local, multicast, reserved, unspecified, carriers' NAT, and every IPv6 address that
    carries an IPv4 address (the registries of RFC 6890).
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if not ip.is_global or ip.is_multicast or ip.is_reserved or ip.is_link_local or ip.is_loopback:
        return False
    return not any(ip in network for network in _REFUSED)
