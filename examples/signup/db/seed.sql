-- Two people have accounts; all the others have bought as guests.

INSERT INTO campaigns (id, slug, title, goal) VALUES
    (1, 'summer', 'Summer of members', 20000);

INSERT INTO users (id, email, personal_id, name, phone, password_hash, campaign_id) VALUES
    (1, 'ines@example.com', '39053344705', 'Inês Prado', '+55 11 91234 0001', 'x', NULL),
    (2, 'otto@example.com', '11144477735', 'Otto Lima', '+55 11 91234 0002', 'x', 1);

INSERT INTO products (id, name, price) VALUES
    (1, 'Picnic blanket', 89.90),
    (2, 'Cool box', 240.00);

INSERT INTO guest_purchases (id, product_id, buyer_document, quantity, amount, status, bought_at) VALUES
    (1, 1, '12345678909', 1, 89.90, 'delivered', '2024-01-09 13:00:00+00'),
    (2, 2, '98765432100', 1, 240.00, 'paid', '2024-03-02 10:00:00+00'),
    (3, 1, '98765432100', 2, 179.80, 'paid', '2024-03-05 10:30:00+00'),
    (4, 2, '39053344705', 1, 240.00, 'cancelled', '2024-04-11 18:20:00+00');

INSERT INTO deliveries (id, purchase_id, taxpayer, phone, delivered_at) VALUES
    (1, 1, 12345678909, '+55 21 98888 7001', '2024-01-12 09:00:00+00'),
    (2, 2, 98765432100, '+55 21 98888 7002', NULL);

INSERT INTO newsletter (address, confirmed, unsubscribed_at) VALUES
    ('reader@example.com', true, NULL),
    ('tired@example.com', true, '2024-02-01 08:00:00+00');

INSERT INTO gift_cards (code, recipient_email, amount, redeemed) VALUES
    ('GIFT-0001', 'niece@example.com', 50.00, false),
    ('GIFT-0002', 'uncle@example.com', 100.00, true);

INSERT INTO support_tickets (id, contact, status, text) VALUES
    (1, 'reader@example.com', 'closed', 'Where is my parcel?'),
    (2, 'late@example.com', 'open', 'The lid of the box is broken.');

SELECT setval(pg_get_serial_sequence('campaigns', 'id'), 1);

SELECT setval(pg_get_serial_sequence('users', 'id'), 2);

SELECT setval(pg_get_serial_sequence('products', 'id'), 2);

SELECT setval(pg_get_serial_sequence('guest_purchases', 'id'), 4);

SELECT setval(pg_get_serial_sequence('deliveries', 'id'), 2);

SELECT setval(pg_get_serial_sequence('support_tickets', 'id'), 2);
