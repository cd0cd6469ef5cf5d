"""Ports that are free, and stay so until whoever got them listens."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

from twiceshy.errors import ServiceFailed
from twiceshy.stage import ports
from twiceshy.stage.ports import free_port


def test_free_ports_differ_and_are_free():
    """No port is given twice, none is in the range that clients get."""
    ports = [free_port() for _ in range(50)]

    assert len(set(ports)) == 50
    assert all(15000 <= port < 32000 for port in ports)
    for port in ports:
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", port))


def test_no_other_process_is_given_the_same(monkeypatch):
    """Although nobody listens there yet, and although files were closed since."""
    port = free_port()
    subprocess.run([sys.executable, "-c", ""], stdin=subprocess.DEVNULL, check=True)
    asks = f"""
from twiceshy.stage import ports
ports._PORTS = range({port}, {port + 1})
ports.free_port()
"""
    other = subprocess.run(
        [sys.executable, "-c", asks], capture_output=True, text=True, check=False
    )
    assert "No free port was found" in other.stderr

    monkeypatch.setattr(ports, "_PORTS", range(port, port + 1))
    with pytest.raises(ServiceFailed):
        free_port()
