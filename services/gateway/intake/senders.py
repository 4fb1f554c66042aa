from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class Senders:
    """Who may call the webhook, by the address it is called from; `networks` is empty where anyone may."""

    networks: Sequence[Network]
    proxies: Sequence[Network]

    def admits(self, remote: str | None, forwarded_for: str) -> bool:
        """Whether a call may come in. What stands in X-Forwarded-For counts as far as proxies are trusted."""
        if not self.networks:
            return True
        sender = self._sender(remote, forwarded_for)
        return sender is not None and _is_in(sender, self.networks)

    def _sender(self, remote: str | None, forwarded_for: str) -> Address | None:
        """The nearest address that is no proxy of ours: it can have made up all that stands before it."""
        stations = [*(part.strip() for part in forwarded_for.split(",") if part.strip()), remote or ""]
        while stations:
            try:
                address = ip_address(stations.pop())
            except ValueError:
                return None
            if isinstance(address, IPv6Address):
                address = address.ipv4_mapped or address
            if not stations or not _is_in(address, self.proxies):
                return address
        return None


def _is_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)
