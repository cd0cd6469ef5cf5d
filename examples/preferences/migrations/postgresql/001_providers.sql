-- Which providers there are.

CREATE TABLE providers (
    name text PRIMARY KEY CHECK (name ~ '^[a-z]+$'),
    title text NOT NULL,
    regions jsonb NOT NULL
);
