-- Which providers there are.

CREATE TABLE providers (
    name text PRIMARY KEY,
    title text NOT NULL,
    regions json NOT NULL
);
