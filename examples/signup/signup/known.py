"""Whether somebody has an account already."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from signup.models import User


def has_account(session: Session, personal_id: str, email: str) -> bool:
    """An account has this personal id, or this address."""
    same = or_(User.personal_id == personal_id, User.email == email)
    return session.scalar(select(User.id).where(same)) is not None
