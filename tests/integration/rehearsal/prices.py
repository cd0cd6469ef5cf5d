"""A small service of prices, on PostgreSQL or SQLite, whose answers a variable changes."""

from __future__ import annotations

from twiceshy.config.load import load_project

SERVICE = '''
"""Items with prices: GET lists them or shows one, POST adds one."""
import json, os, sqlite3, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

STORE = os.environ["STORE"]
AS_TEXT = "AS_TEXT" in os.environ
CACHE = {} if "CACHE" in os.environ else None
if STORE.startswith("postgresql://"):
    import psycopg
    conn, mark = psycopg.connect(STORE, autocommit=True), "%s"
else:
    conn, mark = sqlite3.connect(STORE, isolation_level=None), "?"

def item(row):
    return {"id": row[0], "price": str(row[1]) if AS_TEXT else row[1]}

class Handler(BaseHTTPRequestHandler):
    def answer(self, document, status=200):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self):
        if self.path == "/health":
            return self.answer(conn.execute("SELECT count(*) FROM items").fetchone())
        if CACHE and self.path in CACHE:
            return self.answer(CACHE[self.path])
        _, _, number = self.path.rpartition("/")
        where = f" WHERE id = {int(number)}" if number.isdigit() else ""
        rows = conn.execute(f"SELECT id, price FROM items{where} ORDER BY id").fetchall()
        if where:
            self.answer(item(rows[0]) if rows else {}, 200 if rows else 404)
        else:
            document = [item(row) for row in rows]
            self.answer(document)
            if CACHE is not None:
                CACHE[self.path] = document
    def do_POST(self):
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/login":
            if "NO_LOGIN" in os.environ:
                return self.answer({}, 403)
            return self.answer({"token": "t-" + sent["name"]})
        sql = f"INSERT INTO items (price) VALUES ({mark}) RETURNING id"
        self.answer({"id": conn.execute(sql, [sent["price"]]).fetchone()[0]}, 201)
    def log_message(self, *args):
        pass

HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
'''
SCHEMA = "CREATE TABLE items (id serial PRIMARY KEY, price int, made timestamptz DEFAULT now());\n"
SEED = "INSERT INTO items (price) VALUES (5), (6);\n"
MIGRATE = """
import os, sqlite3, sys
if "BROKEN" in os.environ:
    sys.exit("no such column: price")
assert os.listdir(sys.argv[1]) == []
conn = sqlite3.connect(os.environ["STORE"])
conn.execute("CREATE TABLE items (id integer PRIMARY KEY AUTOINCREMENT, price text)")
"""
CONFIG = """
[database]
schema = ["schema.sql"]
seed = ["seed.sql"]
[service]
command = "{python} service.py {port}"
setup = "{python} build.py"
ready = "GET /health"
env = { STORE = "{database_url}" }
[actors.ana]
login = { request = "POST /login", json = { name = "ana" }, token = "$.token" }
[versions.text]
env = { AS_TEXT = "1" }
[versions.cached]
env = { CACHE = "1" }
[versions.deaf]
env = { STORE = "nowhere/at/all" }
[storage.sqlite]
env = { STORE = "{scratch}/items.db" }
migrate = "{python} migrate.py {scratch}"
[storage.mixed]
processes = "helper"
requires = "sh"
command = "exec {python} service.py {port}"
[process.helper]
command = "{python} -m http.server {port} --bind 127.0.0.1 --directory {scratch}"
ready = "GET /"
[storage.unmade]
env = { STORE = "{scratch}/items.db", BROKEN = "1" }
migrate = "{python} migrate.py {scratch}"
[storage.broken]
setup = "false"
[storage.absent]
requires = ["certainly-not-a-program"]
[storage.closed]
env = { STORE = "{scratch}/items.db", NO_LOGIN = "1" }
migrate = "{python} migrate.py {scratch}"
"""


def write_prices(folder, more=""):
    """The files of the project, and the project."""
    (folder / "service.py").write_text(SERVICE)
    (folder / "schema.sql").write_text(SCHEMA)
    (folder / "seed.sql").write_text(SEED)
    (folder / "migrate.py").write_text(MIGRATE)
    (folder / "build.py").write_text("")
    (folder / "twiceshy.toml").write_text(CONFIG + more)
    return load_project(folder)
