INSERT INTO users (name) VALUES ('Ana'), ('Ben');
INSERT INTO notes (user_id, title) VALUES (1, 'call the bank');
INSERT INTO folders (user_id, title) VALUES (1, 'home');
INSERT INTO heartbeat VALUES (now());
