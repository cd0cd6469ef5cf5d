from __future__ import annotations

import shutil
import socket
import struct
import sys
import threading
from pathlib import Path

import pytest

from integration.stage.living import eventually, living, myself, somebody_else, tool
from twiceshy.stage.ports import free_port
from twiceshy.stage.processes import Keeper, environment

# TEST-NET-2 (RFC 5737): nobody lives there.
NOWHERE = "198.51.100.1"

_CLIENT = """
import os, socket, sys, time
began = time.monotonic()
def attempt(act):
    try:
        print(f"fine {act() or ''}".strip())
    except OSError as error:
        print(type(error).__name__, error)
def tcp(host, port):
    socket.create_connection((host, port), timeout=20).close()
def unix(path):
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(path)
def udp(host, port, data=b"x"):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.sendto(data, (host, port))
"""


@pytest.fixture
def listener():
    """A server that listened before the stage came up."""
    with socket.create_server(("127.0.0.1", free_port())) as sock:
        yield sock


@pytest.fixture
def neighbour(tmp_path):
    """A Unix socket that was there before the stage came up."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(tmp_path / "their.sock"))
        sock.listen()
        yield tmp_path / "their.sock"


@pytest.fixture
def keeper(listener, neighbour):
    """A stage that came up after `listener` and `neighbour`."""
    with Keeper() as made:
        assert made.fence_works, made.fence_problem
        yield made


def _fenced(keeper, body, cwd="/usr/share", **more):
    """Run client code behind the fence; what it printed, and what was refused."""
    _, printed = keeper.run(
        "client",
        [sys.executable, "-c", _CLIENT + body],
        env=environment([], {}),
        cwd=Path(cwd),
        timeout=60,
        fenced=True,
        **more,
    )
    refusals = keeper.refusals()
    assert all(refusal.process.startswith("python") for refusal in refusals)
    return printed, [refusal.target for refusal in refusals]


def test_a_connection_out_is_refused_at_once_and_reported(keeper):
    """The service sees a refused connection, we see where it wanted to go."""
    printed, targets = _fenced(
        keeper,
        f"attempt(lambda: tcp({NOWHERE!r}, 80))\nassert time.monotonic() - began < 5",
    )

    assert printed == "ConnectionRefusedError [Errno 111] Connection refused"
    assert targets == [f"{NOWHERE}:80"]


def test_ipv6_is_fenced_as_well(keeper):
    """Also addresses that hide version 4 inside version 6."""
    _, targets = _fenced(
        keeper,
        "for place in ('2001:db8::1', '::ffff:198.51.100.7'):\n"
        "    with socket.socket(socket.AF_INET6) as sock:\n"
        "        attempt(lambda: sock.connect((place, 443)))",
    )

    assert targets == ["[2001:db8::1]:443", "198.51.100.7:443"]


@pytest.mark.parametrize(
    "call",
    [
        "socket.getaddrinfo('api.payments.example', 443)",
        "socket.gethostbyname('api.payments.example')",
        "tcp('API.payments.example', 443)",
    ],
)
def test_a_name_is_reported_as_the_name(keeper, call):
    """The lookup fails at once, and the report names the host, not the name server."""
    printed, targets = _fenced(
        keeper, f"attempt(lambda: {call})\nassert time.monotonic() - began < 5"
    )

    assert "gaierror" in printed
    assert targets == ["api.payments.example (DNS lookup)"]


def test_a_lookup_without_connecting_is_reported_by_name(keeper):
    """As small C libraries and resolvers in scripts do: sendto with the server's address."""
    question = struct.pack("!6H", 1, 0x100, 1, 0, 0, 0) + b"\x03api\x07example\0\0\1\0\1"

    printed, targets = _fenced(keeper, f"attempt(lambda: udp({NOWHERE!r}, 53, {question!r}))")

    assert printed.startswith("ConnectionRefusedError")
    assert targets == ["api.example (DNS lookup)"]


def test_a_lookup_by_plain_writes_is_reported_by_name(keeper):
    """As Go does: connect to the name server, then write and read like any file."""
    question = struct.pack("!6H", 1, 0x100, 1, 0, 0, 0) + b"\x03api\x07example\0\0\1\0\1"

    printed, targets = _fenced(
        keeper,
        "sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        f"sock.connect(({NOWHERE!r}, 53))\n"
        f"os.write(sock.fileno(), {question!r})\n"
        "attempt(lambda: os.read(sock.fileno(), 512))",
    )

    assert printed.startswith("ConnectionRefusedError")
    assert targets == ["api.example (DNS lookup)"]


def test_our_own_name_is_no_news(keeper):
    """Many programs ask for the machine's own name when they start."""
    _, targets = _fenced(keeper, "attempt(lambda: socket.getfqdn() and '')")

    assert targets == []


@pytest.mark.parametrize(
    "send",
    [
        "sock.sendto(b'x', place)",
        "sock.sendmsg([b'x'], [], 0, place)",
        "sock.connect(place)",
    ],
)
def test_datagrams_out_are_refused_however_they_are_sent(keeper, send):
    """Each of the calls that can name an address is asked about."""
    printed, targets = _fenced(
        keeper,
        "sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        f"place = ({NOWHERE!r}, 8125)\n"
        f"attempt(lambda: {send})",
    )

    assert printed.startswith("ConnectionRefusedError")
    assert targets == [f"{NOWHERE}:8125"]


def test_messages_without_address_pass(keeper):
    """Sending over what is connected already is none of the fence's business."""
    printed, targets = _fenced(
        keeper,
        "one, two = socket.socketpair()\n"
        "one.sendmsg([b'by message'])\n"
        "attempt(lambda: two.recv(99).decode())\n"
        "one.send(b'plainly')\n"
        "attempt(lambda: two.recv(99).decode())",
    )

    assert (printed, targets) == ("fine by message\nfine plainly", [])


def test_what_listened_before_the_stage_is_refused(keeper, listener):
    """A developer's own server on this machine must not be hurt by a rehearsal."""
    port = listener.getsockname()[1]

    printed, targets = _fenced(keeper, f"attempt(lambda: tcp('127.0.0.1', {port}))")

    assert printed.startswith("ConnectionRefusedError")
    assert targets == [
        f"127.0.0.1:{port} (something else on this machine was listening there before)"
    ]


def test_a_port_can_be_allowed(keeper, listener):
    """What the stage itself put there may be reached."""
    port = listener.getsockname()[1]
    keeper.allow_port(port)

    assert _fenced(keeper, f"attempt(lambda: tcp('127.0.0.1', {port}))") == ("fine", [])


def test_what_listens_since_may_be_reached(keeper):
    """The service may talk to itself and to what was started beside it."""
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        printed, targets = _fenced(
            keeper,
            f"attempt(lambda: tcp('127.0.0.1', {port}))\n"
            "own = socket.create_server(('127.0.0.1', 0))\n"
            "attempt(lambda: tcp(*own.getsockname()))\n"
            "six = socket.create_server(('::1', 0), family=socket.AF_INET6)\n"
            "attempt(lambda: tcp(*six.getsockname()[:2]))\n"
            "attempt(lambda: udp('127.0.0.1', 9))",
        )

    assert (printed, targets) == ("fine\nfine\nfine\nfine", [])


def test_a_socket_that_was_there_before_is_refused(keeper, neighbour):
    """A Unix socket of somebody else, also through a link or a relative path."""
    link = keeper.scratch / "link"
    link.symlink_to(neighbour)

    printed, targets = _fenced(
        keeper,
        f"for path in ({str(neighbour)!r}, {str(link)!r}):\n"
        "    attempt(lambda: unix(path))\n"
        f"os.chdir({str(neighbour.parent)!r})\n"
        "attempt(lambda: unix('their.sock'))",
    )

    assert printed.count("ConnectionRefusedError") == 3
    assert targets == [f"{neighbour} (something else on this machine was listening there before)"]


def test_sockets_of_the_stage_may_be_reached(keeper, tmp_path):
    """In the scratch folder, in the service's own folder, abstract, or made since."""
    own = str(keeper.scratch / "own.sock")
    made_since = keeper.scratch.parent / f"{keeper.stage}.sock"
    try:
        printed, targets = _fenced(
            keeper,
            f"for path in ({own!r}, {str(made_since)!r}, '\\0abstract'):\n"
            "    with socket.socket(socket.AF_UNIX) as own:\n"
            "        own.bind(path)\n"
            "        own.listen()\n"
            "        attempt(lambda: unix(path))",
        )
    finally:
        made_since.unlink(missing_ok=True)

    assert (printed, targets) == ("fine\nfine\nfine", [])


def test_the_services_own_folder_is_its_own(keeper, neighbour):
    """A socket that lies in the service's folder may be reached, however old."""
    body = f"attempt(lambda: unix({str(neighbour)!r}))"

    assert _fenced(keeper, body, cwd=str(neighbour.parent)) == ("fine", [])


def test_another_database_socket_is_refused_however_young(keeper, tmp_path):
    """PostgreSQL's socket outside the stage is never ours."""
    path = tmp_path / ".s.PGSQL.5432"
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(path))
        sock.listen()

        printed, targets = _fenced(keeper, f"attempt(lambda: unix({str(path)!r}))")

    assert printed.startswith("ConnectionRefusedError")
    assert [target.partition(" ")[0] for target in targets] == [str(path)]


def test_children_of_the_service_are_fenced_too(keeper):
    """The fence holds for everything that a fenced process starts, in any session."""
    _, targets = _fenced(
        keeper,
        "import subprocess\n"
        f'code = "import socket; socket.create_connection(({NOWHERE!r}, 81))"\n'
        "subprocess.run([sys.executable, '-c', code], stderr=subprocess.DEVNULL,"
        " start_new_session=True)",
    )

    assert targets == [f"{NOWHERE}:81"]


def test_unfenced_processes_are_let_alone(keeper):
    """Set-up commands and the database server are not asked about."""
    _, printed = keeper.run(
        "free", ["grep", "Seccomp:", "/proc/self/status"], env={}, cwd=Path("/"), timeout=10
    )
    _, fenced = keeper.run(
        "fenced",
        ["grep", "Seccomp:", "/proc/self/status"],
        env={},
        cwd=Path("/"),
        timeout=10,
        fenced=True,
    )

    assert printed != fenced
    assert fenced.split() == ["Seccomp:", "2"]


def test_an_allowed_address_may_be_reached(keeper, listener):
    """`host:port` in the list opens exactly that."""
    port = listener.getsockname()[1]
    keeper.allow_hosts([f"localhost:{port}", NOWHERE])

    printed, targets = _fenced(
        keeper,
        f"attempt(lambda: tcp('127.0.0.1', {port}))\n"
        "sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        f"attempt(lambda: sock.connect(({NOWHERE!r}, 9)))\n"
        "attempt(lambda: sock.connect(('198.51.100.2', 9)))",
    )

    assert printed.splitlines()[0] == "fine"
    assert targets == ["198.51.100.2:9"]


@pytest.fixture
def name_server():
    """A name server on a loopback address of its own; it never answers the same twice."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.bind(("127.0.0.77", 53))
    except OSError:
        sock.close()
        pytest.skip("port 53 is for root only")
    asked = []

    def serve():
        while True:
            packet, source = sock.recvfrom(512)
            if not packet:
                return
            asked.append(packet)
            head = packet[:2] + struct.pack("!5H", 0x8180, 1, 1, 0, 0)
            address = bytes([198, 51, 100, 20 + len(asked) % 2])
            answer = struct.pack("!3HIH", 0xC00C, 1, 1, 60, 4) + address
            sock.sendto(head + packet[12:] + answer, source)

    thread = threading.Thread(target=serve)
    thread.start()
    yield asked
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stop:
        stop.sendto(b"", ("127.0.0.77", 53))
    thread.join()
    sock.close()


@pytest.mark.may_skip("only root can play name server")
def test_an_allowed_name_is_looked_up_and_its_address_reached(keeper, name_server):
    """The real answer arrives, and its address passes although we were given another one.

    Other names and other addresses do not pass.
    """
    keeper.allow_hosts(["api.example"])
    question = struct.pack("!6H", 77, 0x100, 1, 0, 0, 0) + b"\x03api\x07example\0\0\1\0\1"
    other = question.replace(b"api", b"ipa")

    printed, targets = _fenced(
        keeper,
        "def ask(question):\n"
        "    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:\n"
        "        sock.settimeout(10)\n"
        "        sock.connect(('127.0.0.77', 53))\n"
        "        sock.send(question)\n"
        "        answer, source = sock.recvfrom(512)\n"
        "        return str((source, answer[-4:].hex(), answer[:2] == question[:2]))\n"
        f"attempt(lambda: ask({question!r}))\n"
        "sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        "attempt(lambda: sock.connect(('198.51.100.20', 443)))\n"
        "attempt(lambda: sock.connect(('198.51.100.8', 443)))\n"
        f"attempt(lambda: ask({other!r}))\n",
    )

    lines = printed.splitlines()
    assert lines[0] == "fine (('127.0.0.77', 53), 'c6336414', True)"
    assert lines[1].startswith("fine")
    assert lines[2].startswith("ConnectionRefusedError")
    assert targets == ["198.51.100.8:443", "ipa.example (DNS lookup)"]


@pytest.mark.may_skip("node is not part of the project")
def test_node_is_fenced(keeper):
    """A program with its own event loop and resolver threads meets the same fence."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    code = (
        f"require('net').connect(80, {NOWHERE!r}).on('error', e => console.log(e.code));"
        "require('dns').lookup('api.payments.example', e => console.log(e.code));"
        "require('dns').resolve4('other.payments.example', e => console.log(e.code));"
        "const s = require('http').createServer((q, a) => a.end('me')).listen(0, '127.0.0.1', () =>"
        " require('http').get({port: s.address().port, host: '127.0.0.1'}, r => {"
        " r.on('data', d => console.log(String(d))); r.on('end', () => s.close()) }))"
    )

    _, printed = keeper.run(
        "node", [node, "-e", code], env=environment([], {}), cwd=Path("/"), timeout=60, fenced=True
    )

    assert sorted(printed.split()) == ["EAI_AGAIN", "ECONNREFUSED", "ECONNREFUSED", "me"]
    assert {refusal.target for refusal in keeper.refusals()} == {
        f"{NOWHERE}:80",
        "api.payments.example (DNS lookup)",
        "other.payments.example (DNS lookup)",
    }


def test_many_threads_are_answered(keeper):
    """A hundred connections at once, allowed and refused: each gets its answer."""
    printed, targets = _fenced(
        keeper,
        "import threading\n"
        "server = socket.create_server(('127.0.0.1', 0), backlog=200)\n"
        "results = []\n"
        "def work(n):\n"
        "    place = server.getsockname() if n % 2 else ('198.51.100.1', 1000 + n)\n"
        "    with socket.socket() as sock:\n"
        "        results.append(sock.connect_ex(place))\n"
        "threads = [threading.Thread(target=work, args=(n,)) for n in range(100)]\n"
        "[t.start() for t in threads]; [t.join() for t in threads]\n"
        "print(results.count(0), results.count(111))",
    )

    assert printed == "50 50"
    assert len(targets) == 50


def test_a_thread_that_is_interrupted_by_signals_is_answered(keeper):
    """Signals that arrive while a call waits for our answer do no harm."""
    printed, _ = _fenced(
        keeper,
        "import signal\n"
        "signal.signal(signal.SIGALRM, lambda *_: None)\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.0001, 0.0001)\n"
        "server = socket.create_server(('127.0.0.1', 0), backlog=1000)\n"
        "for n in range(500):\n"
        "    with socket.socket() as sock:\n"
        "        assert sock.connect_ex(server.getsockname()) in (0, 4, 106, 114)\n"
        "signal.setitimer(signal.ITIMER_REAL, 0)\n"
        "print('through')",
    )

    assert printed == "through"


def test_an_allowed_connection_costs_little(keeper):
    """The detour through the keeper adds well under a millisecond; printed for the record."""
    code = (
        "sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        "def cost():\n"
        "    began = time.perf_counter()\n"
        "    for _ in range(200): sock.connect(('127.0.0.1', 9))\n"
        "    return (time.perf_counter() - began) / 200\n"
        "print(min(cost() for _ in range(5)) * 1e6)"
    )
    fenced = float(_fenced(keeper, code)[0])
    _, free = keeper.run(
        "free", [sys.executable, "-c", _CLIENT + code], env={}, cwd=Path("/"), timeout=60
    )
    print(f"a connect costs {fenced:.0f} microseconds fenced, {float(free):.1f} free")

    assert fenced < 1000


@pytest.mark.may_skip("an ordinary user is the other account already")
def test_the_fence_holds_for_an_ordinary_user():
    """Without rights, the filter comes with the promise to gain none."""
    account = somebody_else()
    if account is None:
        pytest.skip("only root can become another account, and needs a Python it can read")
    code = f"import socket; socket.create_connection(({NOWHERE!r}, 82))"
    body = f"""
    assert keeper.fence_works, keeper.fence_problem
    child = start("client", {code!r}, fenced=True)
    child.wait(30)
    facts["refused"] = [r.target for r in keeper.refusals()]
    facts["printed"] = child.tail(1)
"""
    with tool(body, account) as facts:
        assert facts["refused"] == [f"{NOWHERE}:82"]
        assert "ConnectionRefusedError" in facts["printed"]


def test_a_service_that_waits_for_the_keeper_dies_with_the_tool():
    """The end of the tool in the middle of connections leaves nothing."""
    body = f"""
    code = '''
import socket
while True:
    with socket.socket() as sock:
        sock.connect_ex(({NOWHERE!r}, 83))
'''
    start("busy", code, fenced=True)
    while not keeper.refusals():
        time.sleep(0.01)
"""
    with tool(body, myself()) as facts:
        facts["process"].kill()

        eventually(lambda: not living(Path(facts["scratch"]).name), within=5)
        eventually(lambda: not Path(facts["scratch"]).exists(), within=5)
