"""Buying without an account."""

from __future__ import annotations

from flask import Blueprint, abort, jsonify, request
from sqlalchemy import select

from signup.database import session
from signup.documents import bare, is_personal_id
from signup.models import GuestPurchase, Product

checkout = Blueprint("checkout", __name__)


@checkout.get("/products")
def products():
    with session() as work:
        found = work.scalars(select(Product).order_by(Product.id)).all()
        return {"products": [{"id": p.id, "name": p.name, "price": str(p.price)} for p in found]}


@checkout.post("/checkout")
def buy():
    """A guest's purchase: what, how many, and a personal id for the invoice."""
    sent = request.get_json()
    document = bare(str(sent.get("personal_id", "")))
    if not is_personal_id(document):
        abort(422, "That is no personal id.")
    with session() as work:
        product = work.get(Product, sent.get("product_id"))
        if product is None:
            abort(404, "There is no such product.")
        quantity = int(sent.get("quantity", 1))
        purchase = GuestPurchase(
            product_id=product.id,
            buyer_document=document,
            quantity=quantity,
            amount=product.price * quantity,
        )
        work.add(purchase)
        work.flush()
        return jsonify({"id": purchase.id, "amount": str(purchase.amount)}), 201
