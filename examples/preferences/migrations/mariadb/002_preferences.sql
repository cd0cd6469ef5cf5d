-- What each account wants of each provider. No settings: the provider's own defaults are fine.

CREATE TABLE preferences (
    account varchar(100) NOT NULL,
    provider varchar(50) NOT NULL,
    region text,
    settings json,
    monthly_limit decimal(8, 2) CHECK (monthly_limit >= 0 AND monthly_limit < 1000000),
    note text,
    changed_at datetime(6) NOT NULL,
    PRIMARY KEY (account, provider),
    FOREIGN KEY (provider) REFERENCES providers (name)
);
