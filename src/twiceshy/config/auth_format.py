"""The records of a Web Fuzzing Commons auth file, once its template is merged into every user.

https://github.com/WebFuzzing/Commons/blob/master/src/main/resources/wfc/schemas/auth.yaml
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from twiceshy.config.project import Record

HOLE = "{token}"


class Part(Record):
    """Keys in camel case, as the format has them."""

    model_config = ConfigDict(alias_generator=to_camel)


class Header(Part):
    """A header of a request."""

    name: str
    value: str


class Payload(Part):
    """User name and password with the names of their fields."""

    username: str
    password: str
    username_field: str
    password_field: str


class Token(Part):
    """Where the token is taken from and where it is sent; `older` words in the second half."""

    extract_from: Literal["body", "header"] | None = None
    extract_selector: str | None = None
    send_in: Literal["header", "query"] | None = None
    send_name: str | None = None
    send_template: str = HOLE
    send_format: str | None = None
    extract_from_field: str | None = None
    extract_from_header: str | None = None
    http_header_name: str | None = None
    header_prefix: str = ""
    header_postfix: str = ""


class LoginEndpoint(Part):
    """A request that logs a user in."""

    endpoint: str | None = None
    external_endpoint_url: str | None = Field(default=None, alias="externalEndpointURL")
    payload_raw: str | None = None
    payload_user_pwd: Payload | None = None
    headers: list[Header] = Field(default_factory=list)
    verb: Literal["POST", "GET", "PATCH", "DELETE", "PUT"] = Field(
        description="The method of the login request, mostly POST."
    )
    content_type: str | None = None
    token: Token | None = None
    expect_cookies: bool = False


class Entry(Part):
    """One user."""

    name: str = Field(min_length=1, description="The user's name, unique in this file.")
    require_mock_handling: bool = False
    fixed_headers: list[Header] = Field(default_factory=list)
    login_endpoint_auth: LoginEndpoint | None = None
    create_users: Any = None


class AuthFile(Part):
    """The whole document, the template already merged into every entry."""

    schema_version: str | None = None
    auth: list[Entry] = Field(min_length=1, description="The list of users.")
    configs: dict[str, Any] = Field(default_factory=dict)
