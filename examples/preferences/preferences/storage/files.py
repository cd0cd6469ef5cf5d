"""Preferences as files of JSON: in a folder, or as objects in a bucket."""

from __future__ import annotations

import hmac
import json
import re
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import sha256
from http.client import HTTPConnection
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

from preferences.storage import Preference, Provider


class Place(Protocol):
    """Texts by key, such as `ana/aws.json`."""

    def make(self) -> None: ...

    def read(self, key: str) -> str | None: ...

    def write(self, key: str, text: str) -> None: ...

    def remove(self, key: str) -> bool: ...

    def keys(self, prefix: str) -> list[str]:
        """Sorted; the prefix is a folder's, with its slash."""


class Folder:
    def __init__(self, path: str) -> None:
        self._path = Path(path)

    def make(self) -> None:
        self._path.mkdir(parents=True, exist_ok=True)

    def read(self, key: str) -> str | None:
        path = self._path / key
        return path.read_text(encoding="utf-8") if path.is_file() else None

    def write(self, key: str, text: str) -> None:
        path = self._path / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def remove(self, key: str) -> bool:
        path = self._path / key
        known = path.is_file()
        path.unlink(missing_ok=True)
        return known

    def keys(self, prefix: str) -> list[str]:
        return sorted(prefix + path.name for path in (self._path / prefix).glob("*.json"))


class Bucket:
    """A bucket of an object store that speaks as S3 does: `KEY:SECRET@host:port/bucket`."""

    def __init__(self, place: str) -> None:
        self._at = urlsplit(f"http://{place}")

    def make(self) -> None:
        self._send("PUT", "")

    def read(self, key: str) -> str | None:
        status, text = self._send("GET", f"/{key}")
        return text if status == 200 else None

    def write(self, key: str, text: str) -> None:
        status, _ = self._send("PUT", f"/{key}", text=text)
        if status >= 300:
            message = f"the object store answers {status}"
            raise OSError(message)

    def remove(self, key: str) -> bool:
        known = self.read(key) is not None
        self._send("DELETE", f"/{key}")
        return known

    def keys(self, prefix: str) -> list[str]:
        _, text = self._send("GET", "", f"list-type=2&prefix={quote(prefix, safe='')}")
        found = ElementTree.fromstring(text).iterfind("{*}Contents/{*}Key")
        return sorted(key.text or "" for key in found)

    def _send(self, method: str, key: str, query: str = "", text: str = "") -> tuple[int, str]:
        target = f"{self._at.path}{key}"
        headers = self._signed(method, target, query, text.encode())
        connection = HTTPConnection(self._at.hostname or "", self._at.port, timeout=10)
        connection.request(method, f"{target}?{query}" if query else target, text.encode(), headers)
        answer = connection.getresponse()
        found = answer.status, answer.read().decode()
        connection.close()
        return found

    def _signed(self, method: str, target: str, query: str, body: bytes) -> dict[str, str]:
        """The headers that say who is asking (AWS Signature Version 4)."""
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        headers = {
            "host": f"{self._at.hostname}:{self._at.port}",
            "x-amz-content-sha256": sha256(body).hexdigest(),
            "x-amz-date": moment,
        }
        names = ";".join(headers)
        lines = [f"{name}:{value}" for name, value in headers.items()]
        asked = [method, target, query, *lines, "", names, headers["x-amz-content-sha256"]]
        scope = [moment[:8], "us-east-1", "s3", "aws4_request"]
        whole = sha256("\n".join(asked).encode()).hexdigest()
        key = f"AWS4{self._at.password}".encode()
        for word in scope:
            key = hmac.digest(key, word.encode(), "sha256")
        signed = "\n".join(["AWS4-HMAC-SHA256", moment, "/".join(scope), whole])
        signature = hmac.digest(key, signed.encode(), "sha256").hex()
        who = "/".join([self._at.username or "", *scope])
        told = f"Credential={who}, SignedHeaders={names}, Signature={signature}"
        return {**headers, "Authorization": f"AWS4-HMAC-SHA256 {told}"}


class Files:
    def __init__(self, place: Place) -> None:
        self._place = place

    def migrate(self) -> None:
        self._place.make()

    def add(self, provider: Provider) -> None:
        self._place.write(f"providers/{provider.name}.json", json.dumps(asdict(provider)))

    def providers(self) -> list[Provider]:
        return [Provider(**json.loads(text)) for text in self._texts("providers/")]

    def all_of(self, account: str) -> list[Preference]:
        return [_preference(text) for text in self._texts(f"of/{_safe(account)}/")]

    def one(self, account: str, provider: str) -> Preference | None:
        text = self._place.read(_key(account, provider))
        return None if text is None else _preference(text)

    def put(self, preference: Preference) -> None:
        written = {**asdict(preference), "changed_at": preference.changed_at.isoformat()}
        self._place.write(_key(preference.account, preference.provider), json.dumps(written))

    def remove(self, account: str, provider: str) -> bool:
        return self._place.remove(_key(account, provider))

    def _texts(self, prefix: str) -> list[str]:
        texts = [self._place.read(key) for key in self._place.keys(prefix)]
        return [text for text in texts if text is not None]


def _key(account: str, provider: str) -> str:
    return f"of/{_safe(account)}/{_safe(provider)}.json"


def _safe(name: str) -> str:
    """No name leads out of its folder."""
    return re.sub(r"[^a-z0-9-]", lambda found: f"_{ord(found[0]):x}", name)


def _preference(text: str) -> Preference:
    read = json.loads(text)
    return Preference(**{**read, "changed_at": datetime.fromisoformat(read["changed_at"])})
