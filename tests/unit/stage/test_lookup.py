from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from twiceshy.stage import lookup
from twiceshy.stage.lookup import addresses_in, name_asked, query

_LABEL = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=20)


@given(st.lists(_LABEL, min_size=1, max_size=6), st.booleans())
def test_a_query_asks_for_the_name_it_was_made_for(labels, ipv6):
    """Reading undoes writing."""
    name = ".".join(labels)

    assert name_asked(query(name, ipv6=ipv6)) == name


def test_names_are_compared_in_lower_case():
    """Some resolvers mix cases on purpose."""
    packet = query("api.example", ipv6=False).replace(b"api", b"aPi")

    assert name_asked(packet) == "api.example"


@given(st.binary(max_size=600))
def test_no_packet_whatever_upsets_the_readers(packet):
    """What arrives is other people's data."""
    assert isinstance(name_asked(packet), str)
    assert isinstance(addresses_in(packet), list)


def test_answers_are_read_through_aliases():
    """Addresses of both families count, whatever name in the chain they belong to."""
    question = query("api.example", ipv6=False)
    alias = struct.pack("!3HIH", 0xC00C, 5, 1, 60, 4) + b"\x02cd\0"
    four = b"\x02cd\0" + struct.pack("!2HIH", 1, 1, 60, 4) + bytes([192, 0, 2, 9])
    six = struct.pack("!3HIH", 0xC00C, 28, 1, 60, 16) + bytes([0x20, 1, 0xD, 0xB8, *[0] * 11, 1])
    head = struct.pack("!6H", 1, 0x8180, 1, 3, 0, 0)

    packet = head + question[12:] + alias + four + six

    assert addresses_in(packet) == ["192.0.2.9", "2001:db8::1"]
    assert name_asked(packet) == "", "an answer is no question"
    assert addresses_in(packet[:-5]) == ["192.0.2.9"], "cut off"


def test_the_resolvers_files_are_read(monkeypatch):
    """Comments, tabs and repeated lines as resolv.conf(5) and hosts(5) have them."""
    files = {
        "/etc/resolv.conf": "# x\nsearch old.example\nnameserver\t10.0.0.1\n"
        "search Corp.example. b.example # two\nnameserver 10.0.0.2\n",
        "/etc/hosts": "10.0.0.9 Shop.example shop # ours\n10.0.0.8 other\n",
    }
    monkeypatch.setattr(
        lookup,
        "open",
        lambda path, **_: __import__("io").StringIO(files[path]),
        raising=False,
    )

    assert lookup.search_domains() == ("corp.example", "b.example")
    assert lookup.nameservers() == ("10.0.0.1", "10.0.0.2")
    assert lookup.addresses_in_hosts_file("shop.example") == ["10.0.0.9"]
    assert lookup.addresses_in_hosts_file("nobody.example") == []
