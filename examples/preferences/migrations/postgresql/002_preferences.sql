-- What each account wants of each provider. No settings: the provider's own defaults are fine.

CREATE TABLE preferences (
    account text NOT NULL,
    provider text NOT NULL REFERENCES providers (name),
    region text,
    settings jsonb,
    monthly_limit numeric(8, 2) CHECK (monthly_limit >= 0 AND monthly_limit < 1000000),
    note text,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (account, provider)
);
