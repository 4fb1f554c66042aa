from ipaddress import ip_network

import pytest

from services.gateway.intake.senders import Senders

TELEGRAM = (ip_network("149.154.160.0/20"), ip_network("91.108.4.0/22"))
PROXIES = (ip_network("127.0.0.0/8"), ip_network("10.0.0.0/8"))


@pytest.mark.parametrize(
    ("remote", "forwarded_for"),
    [
        ("149.154.167.197", ""),
        ("::ffff:91.108.6.1", ""),
        ("127.0.0.1", "149.154.167.197"),
        ("10.1.2.3", "149.154.167.197, 10.9.9.9"),
        ("127.0.0.1", "8.8.8.8, 149.154.167.197"),
    ],
)
def test_telegram_comes_in_directly_and_through_proxies_of_ours(remote: str, forwarded_for: str) -> None:
    assert Senders(TELEGRAM, PROXIES).admits(remote, forwarded_for)


@pytest.mark.parametrize(
    ("remote", "forwarded_for"),
    [
        ("8.8.8.8", ""),
        ("127.0.0.1", ""),
        (None, ""),
        ("8.8.8.8", "149.154.167.197"),
        ("127.0.0.1", "149.154.167.197, 8.8.8.8"),
        ("127.0.0.1", "149.154.167.197, made up"),
    ],
)
def test_a_stranger_stays_out_whatever_it_says_of_itself(remote: str | None, forwarded_for: str) -> None:
    assert not Senders(TELEGRAM, PROXIES).admits(remote, forwarded_for)


def test_without_networks_the_secret_alone_decides() -> None:
    assert Senders((), PROXIES).admits("8.8.8.8", "")
