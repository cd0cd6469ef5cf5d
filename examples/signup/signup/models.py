"""The tables that the service works with."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Campaign(Base):
    __tablename__ = "campaigns"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str]
    title: Mapped[str]
    goal: Mapped[int]


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    personal_id: Mapped[str]
    name: Mapped[str]
    phone: Mapped[str]
    password_hash: Mapped[str]
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"))


class Product(Base):
    __tablename__ = "products"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    price: Mapped[Decimal]


class GuestPurchase(Base):
    __tablename__ = "guest_purchases"

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    buyer_document: Mapped[str]
    quantity: Mapped[int]
    amount: Mapped[Decimal]
    bought_at: Mapped[datetime] = mapped_column(insert_default=datetime.now)
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
