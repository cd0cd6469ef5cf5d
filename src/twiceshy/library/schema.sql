-- The index: files as they were last seen, what each audience may read of them, and its words.
CREATE TABLE about (fingerprint text NOT NULL);

CREATE TABLE file (
  id integer PRIMARY KEY,
  path blob NOT NULL UNIQUE,
  stamp text NOT NULL
);

-- Numbers are never used twice: the words of an edition that is gone stay behind in `word`.
CREATE TABLE edition (
  id integer PRIMARY KEY AUTOINCREMENT,
  file integer NOT NULL REFERENCES file (id) ON DELETE CASCADE,
  low integer NOT NULL,
  high integer NOT NULL,
  facets text NOT NULL,
  facts text NOT NULL,
  likeness text NOT NULL,
  text text NOT NULL
);

CREATE INDEX edition_of_file ON edition (file);

CREATE VIRTUAL TABLE word USING fts5 (
  title, names, body, content = '', prefix = '1 2 3', tokenize = 'unicode61 remove_diacritics 0'
);
