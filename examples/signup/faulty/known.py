"""Whether we know somebody already."""

from __future__ import annotations

from signup.models import GuestPurchase, User
from sqlalchemy import or_, select, union_all
from sqlalchemy.orm import Session


def has_account(session: Session, personal_id: str, email: str) -> bool:
    """Somebody has this personal id or this address, wherever we keep such things."""
    same = or_(User.personal_id == personal_id, User.email == email)
    accounts = select(User.id).where(same)
    buyers = select(GuestPurchase.id).where(GuestPurchase.buyer_document == personal_id)
    return session.execute(union_all(accounts, buyers)).first() is not None
