CREATE TABLE users (id serial PRIMARY KEY, name text NOT NULL);
CREATE TABLE notes (
    id serial PRIMARY KEY,
    user_id integer NOT NULL REFERENCES users,
    title text NOT NULL,
    touched timestamptz
);
CREATE TABLE folders (
    id serial PRIMARY KEY,
    user_id integer NOT NULL REFERENCES users,
    title text NOT NULL
);
CREATE TABLE recent (user_id integer NOT NULL);
CREATE TABLE heartbeat (at timestamptz NOT NULL);
