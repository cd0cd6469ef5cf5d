"""What can be asked of the service. A gateway in front of it says in X-Account who is asking."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Protocol

from fastapi import APIRouter, Depends, Header, HTTPException, Request, Response
from pydantic import BaseModel, Field

from preferences.storage import Preference, Storage


class Documents(Protocol):
    """Who knows what a preference looks like on its way in and out."""

    def kept(self, settings: dict[str, Any]) -> Any: ...

    def settings_of(self, preference: Preference) -> dict[str, Any]: ...

    def tweaked(self, preference: Preference, name: str, value: Any) -> dict[str, Any]: ...

    def shown(self, preference: Preference) -> dict[str, Any]: ...

    def as_json(self, preference: Preference) -> str: ...

    def as_lines(self, preference: Preference) -> str: ...


class Wanted(BaseModel):
    region: str | None = None
    settings: dict[str, Any] = {}
    monthly_limit: float | None = Field(default=None, ge=0, lt=1_000_000)
    note: str | None = None


class Tweak(BaseModel):
    name: str = Field(pattern="^[a-z_]+$")
    value: Any = None


def account(x_account: Annotated[str | None, Header()] = None) -> str:
    if not x_account:
        raise HTTPException(401, "Nobody is logged in.")
    return x_account


def storage(request: Request) -> Storage:
    return request.app.state.storage


def documents(request: Request) -> Documents:
    return request.app.state.documents


Account = Annotated[str, Depends(account)]
Kept = Annotated[Storage, Depends(storage)]
Shown = Annotated[Documents, Depends(documents)]

preferences = APIRouter()
tweaks = APIRouter()


@preferences.get("/providers")
def list_providers(kept: Kept) -> list[dict[str, Any]]:
    return [
        {"name": one.name, "title": one.title, "regions": one.regions} for one in kept.providers()
    ]


@preferences.get("/preferences")
def list_preferences(account: Account, kept: Kept, shown: Shown) -> dict[str, Any]:
    return {"preferences": [shown.shown(one) for one in kept.all_of(account)]}


@preferences.get("/preferences/{provider}")
def one_preference(provider: str, account: Account, kept: Kept, shown: Shown) -> dict[str, Any]:
    return shown.shown(_found(kept, account, provider))


@preferences.put("/preferences/{provider}")
def replace_preference(
    provider: str, wanted: Wanted, account: Account, kept: Kept, shown: Shown
) -> dict[str, Any]:
    if provider not in {one.name for one in kept.providers()}:
        raise HTTPException(404, "There is no such provider.")
    settings = shown.kept(wanted.settings)
    whole = Preference(
        account, provider, wanted.region, settings, wanted.monthly_limit, wanted.note
    )
    return _written(kept, shown, whole)


@preferences.delete("/preferences/{provider}", status_code=204)
def forget_preference(provider: str, account: Account, kept: Kept) -> None:
    if not kept.remove(account, provider):
        raise HTTPException(404, "There is no such preference.")


@preferences.get("/budget")
def budget(account: Account, kept: Kept, shown: Shown) -> dict[str, Any]:
    """What all providers together may cost, and how many machines that is."""
    mine = kept.all_of(account)
    replicas = [shown.settings_of(one).get("replicas") for one in mine]
    return {
        "monthly": sum(one.monthly_limit or 0.0 for one in mine),
        "unlimited": [one.provider for one in mine if one.monthly_limit is None],
        "machines": sum(each for each in replicas if isinstance(each, int)),
    }


@tweaks.patch("/preferences/{provider}")
def tweak(
    provider: str, tweak: Tweak, account: Account, kept: Kept, shown: Shown
) -> dict[str, Any]:
    """One setting gets another value; the others stay."""
    old = _found(kept, account, provider)
    settings = shown.kept(shown.tweaked(old, tweak.name, tweak.value))
    return _written(kept, shown, replace(old, settings=settings))


@tweaks.get("/preferences/{provider}/download")
def download(
    provider: str,
    account: Account,
    kept: Kept,
    shown: Shown,
    form: Literal["json", "env"] = "json",
) -> Response:
    """The settings as a file."""
    found = _found(kept, account, provider)
    text = shown.as_json(found) if form == "json" else shown.as_lines(found)
    name = f'attachment; filename="{found.provider}.{form}"'
    sort = "application/json" if form == "json" else "text/plain"
    return Response(text, media_type=sort, headers={"Content-Disposition": name})


def _found(kept: Storage, account: str, provider: str) -> Preference:
    found = kept.one(account, provider)
    if found is None:
        raise HTTPException(404, "There is no such preference.")
    return found


def _written(kept: Storage, shown: Documents, wanted: Preference) -> dict[str, Any]:
    """Keep it, and answer with what is kept then."""
    moment = datetime.now(UTC).replace(microsecond=0)
    kept.put(replace(wanted, changed_at=moment))
    return shown.shown(_found(kept, wanted.account, wanted.provider))
