-- Makes the words of an edition searchable.
INSERT INTO word (rowid, title, names, body) VALUES (:id, :title, :names, :body);
