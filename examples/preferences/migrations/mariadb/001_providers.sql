-- Which providers there are.

CREATE TABLE providers (
    name varchar(50) PRIMARY KEY CHECK (name REGEXP '^[a-z]+$'),
    title text NOT NULL,
    regions json NOT NULL
);
