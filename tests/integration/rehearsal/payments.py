"""A service that takes payments in, rightly or wrongly: the request says how."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SERVICE = '''
"""POST /HOW/NUMBER/KEY/AMOUNT books a payment; an answer comes when it is committed."""
import json, os, sys, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
import psycopg

held = threading.local()

def book(table, key, amount, who, times=1):
    if getattr(held, "conn", None) is None:
        held.conn = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    try:
        for _ in range(times):
            held.conn.execute(
                f"INSERT INTO {table} SELECT %(key)s, %(amount)s, %(who)s WHERE %(times)s > 1"
                f" OR NOT EXISTS (SELECT FROM {table} WHERE key = %(key)s)",
                {"key": key, "amount": amount, "who": who, "times": times},
            )
    except psycopg.Error:
        held.conn = None
        raise

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    def answer(self, status, says="booked", **headers):
        body = json.dumps({"status": says}).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self):
        self.answer(200, "ready")
    def do_POST(self):
        _, how, number, key, amount = self.path.split("/")
        self.about = key, int(amount), self.headers.get("X-Point", "nobody")
        try:
            getattr(self, how)(int(number))
        except psycopg.Error as error:
            self.answer(503, str(error))
    def rightly(self, number):
        book("payments", *self.about)
        self.answer(200)
    def wrongly(self, number):
        if number % 10 != 3:
            book("payments", *self.about, times=1 + (number % 10 == 7))
        self.answer(200)
    def later(self, number):
        book("inbox", *self.about)
        self.answer(202)
    def trickling(self, number):
        threading.Timer(0.4 * (number + 1), book, ("payments", *self.about)).start()
        self.answer(202)
    def slowly(self, number):
        time.sleep(0.1)
        self.rightly(number)
    def doomed(self, number):
        Path("doomed").touch()
        self.rightly(number)
    def crashing(self, number):
        if number == 20:
            os._exit(3)
        self.rightly(number)
    def variously(self, number):
        if number % 6 != 1:
            book("payments", *self.about)
        if number % 6 == 0:
            self.answer(200)
        elif number % 6 == 1:
            self.answer(200, "failed")
        elif number % 6 == 2:
            self.answer(303, Location="/")
        elif number % 6 == 3:
            self.chunks(b'6\\r\\n{"stat\\r\\n', b'd\\r\\nus":"booked"}\\r\\n', b"0\\r\\n\\r\\n")
        elif number % 6 == 4:
            self.chunks(b'6\\r\\n{"stat\\r\\n')
            self.close_connection = True
        else:
            self.close_connection = True
    def chunks(self, *parts):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for part in parts:
            self.wfile.write(part)
            self.wfile.flush()
    def log_message(self, *args):
        pass

class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    def handle_error(self, request, address):
        pass

if Path("doomed").exists():
    sys.exit("It cannot be started any more.")
Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
'''
SCHEMA = """
CREATE TABLE payments (key text, amount integer, who text);
CREATE TABLE inbox (key text, amount integer, who text);
INSERT INTO payments VALUES ('of last year', 100, 'the seed');
"""
CONFIGURATION = """
[database]
server = "embedded"
schema = ["schema.sql"]
[service]
command = "{python} service.py {port}"
ready = "GET /"
env = { DATABASE_URL = "{database_url}" }
[actors.shop]
headers = { X-Point = "shop-1" }
"""


def write_payments(folder: Path) -> Path:
    """Put the project of the service into a folder."""
    (folder / "service.py").write_text(SERVICE)
    (folder / "schema.sql").write_text(SCHEMA)
    (folder / "twiceshy.toml").write_text(CONFIGURATION)
    return folder
