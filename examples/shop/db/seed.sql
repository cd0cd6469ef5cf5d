-- A shop of a small size: production has about forty times as many orders.

INSERT INTO customers (email, name)
SELECT 'customer' || n || '@example.com', 'Customer ' || n
FROM generate_series(1, 2000) AS n;

INSERT INTO products (name, description, price_cents, stock)
SELECT 'Product ' || n, repeat('Well made and long lasting. ', 4), 500 + n % 9000, 1000
FROM generate_series(1, 1000) AS n;

INSERT INTO orders (customer_id, placed_at, status, total_cents)
SELECT 1 + n % 2000, timestamptz '2023-01-01 00:00+00' + n * interval '9 minutes',
       (ARRAY['new', 'paid', 'sent', 'cancelled'])[1 + n % 4], 500 + n % 30000
FROM generate_series(1, 40000) AS n;

-- Only the later orders have their lines here.
INSERT INTO order_lines (order_id, product_id, quantity, price_cents)
SELECT 20000 + n, 1 + n % 1000, 1 + n % 3, 500 + n % 9000
FROM generate_series(1, 20000) AS n;

ANALYZE;
