-- The register of a municipality's property tax: who paid what, and the total of the year.

CREATE TABLE registers (
    id bigint PRIMARY KEY,
    name text NOT NULL UNIQUE,
    total bigint NOT NULL DEFAULT 0
);

-- Amounts are in cents. The key is the collection point's own name for a payment.
CREATE TABLE receipts (
    register_id bigint NOT NULL REFERENCES registers (id),
    number bigint NOT NULL CHECK (number > 0),
    key text NOT NULL,
    taxpayer text NOT NULL,
    point text NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (register_id, number)
);

CREATE INDEX receipts_by_key ON receipts (key);

-- What was answered to each key, for those who ask again. Only the service of one line uses it.
CREATE TABLE answers (
    key text PRIMARY KEY,
    number bigint NOT NULL,
    amount bigint NOT NULL
);

-- Everything below came with the collection points.

-- Payments that were taken in and wait in the queue; with a broker, its stream holds them.
CREATE TABLE accepted (
    key text PRIMARY KEY,
    taxpayer text NOT NULL,
    point text NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    accepted_at timestamptz NOT NULL DEFAULT now()
);

-- A key that stands here has its receipt. It is written in the receipt's own transaction.
CREATE TABLE entered (
    key text PRIMARY KEY
);

-- What collection points are told: this payment is in the register now.
CREATE TABLE notices (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    point text NOT NULL,
    key text NOT NULL,
    number bigint NOT NULL,
    amount bigint NOT NULL
);

CREATE INDEX notices_by_point ON notices (point, id);

-- How much the worker of the broker's stream had left, and when it looked.
CREATE TABLE backlog (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    waiting bigint NOT NULL,
    seen_at timestamptz NOT NULL
);
