-- Everybody's password is "pw". Ana, Ben and Carla have deposits waiting, Diego has none, and Eva
-- opened her account today.

INSERT INTO users (id, email, name, password_hash, joined_at) VALUES
    (1, 'ana@example.com', 'Ana', 'scrypt:16384:8:1$xjhqiZd2t2rFiHqc$8c92d7359fe3f18b00f1f3d220cc3183baefd721503a3325c504f0e27681f36b80b3a6d6ff573e957d97838191a4cf86ef9d69a251b7defab79b460eaa6ce235', '2020-01-07 12:10:00+00'),
    (2, 'ben@example.com', 'Ben', 'scrypt:16384:8:1$5CaTU8hHRJYVQYw0$aa405090d0f1bf8f8c42fd5aed9ec9ee82bc3de3d1ae9db7725001a36c9904315a1833023ce5abc13d6e61e1595f50ed1fad7e243789e3f39ee89fb79f442b1a', '2020-01-20 09:30:00+00'),
    (3, 'carla@example.com', 'Carla', 'scrypt:16384:8:1$W9rCuOuNiSOgCkEq$c6afeb13d44b0504c9bc4a6990fcc16e2b06af30c85220f247eaf1e24fb5a4386f6a7f8f87578b95f1d3ca512bcf56b85edb099c73c147a38ace89bb0fb49fcf', '2020-02-11 17:45:00+00'),
    (4, 'diego@example.com', 'Diego', 'scrypt:16384:8:1$Twysilvq7h56XWN1$efb654526cd1e090362df554d4306875e7df34dd3f279141723113bafc6dab3bc60232ac083e4303311379f56961556f3846f47d9da569ea6b0a1505b67e2852', '2020-04-02 20:05:00+00'),
    (5, 'eva@example.com', 'Eva', 'scrypt:16384:8:1$bUQNYwVnz7kLigDZ$baa42c719e43a113cbcba9de697c87ff11b23fe32eea5960f4dd5e8c7f632dd27a25a271d28bcbf48731f0273f1d02e24c1be4ddfdfbf1a4f1fc1d20c9e18dd7', '2020-09-21 08:00:00+00');

INSERT INTO goals (id, user_id, name, risk, target, created_at) VALUES
    (1, 1, 'Fondo de emergencia', 'conservative', 2400000, '2020-01-07 12:20:00+00'),
    (2, 1, 'Viaje a Japón', 'moderate', 5200000, '2020-03-15 18:02:00+00'),
    (3, 1, 'Jubilación', 'aggressive', 90000000, '2020-08-30 21:40:00+00'),
    (4, 2, 'Pie del departamento', 'moderate', 18000000, '2020-01-20 09:41:00+00'),
    (5, 2, 'Bicicleta', 'conservative', 900000, '2020-05-09 11:15:00+00'),
    (6, 3, 'Magíster', 'moderate', 12000000, '2020-02-11 18:00:00+00'),
    (7, 3, 'Cumpleaños de Inés', 'conservative', 350000, '2020-06-21 13:33:00+00'),
    (8, 4, 'Independencia', 'aggressive', 30000000, '2020-04-02 20:12:00+00');

INSERT INTO deposits (id, user_id, goal_id, amount, currency, status, received_at, reference) VALUES
    (1, 1, 1, 600000, 'CLP', 'received', '2020-01-09 13:00:00+00', 'TEF 48811 ANA R'),
    (2, 1, 2, 250000, 'CLP', 'received', '2020-04-01 13:00:00+00', 'TEF 50217 ANA R'),
    (3, 1, 3, 9500000, 'CLP', 'received', '2020-09-18 13:00:00+00', 'Venta del auto'),
    (4, 2, 4, 3100000, 'CLP', 'received', '2020-01-22 13:00:00+00', 'TEF 49106 BEN S'),
    (5, 2, 4, 750000, 'CLP', 'received', '2020-09-17 13:00:00+00', 'Aguinaldo'),
    (6, 2, 5, 120000, 'CLP', 'received', '2020-09-21 13:00:00+00', 'TEF 61550 BEN S'),
    (7, 3, 6, 1500000, 'CLP', 'received', '2020-03-02 13:00:00+00', 'TEF 50001 CARLA M'),
    (8, 3, NULL, 85000, 'CLP', 'received', '2020-09-20 13:00:00+00', 'Regalo abuela'),
    (9, 4, 8, 900000, 'CLP', 'received', '2020-04-03 13:00:00+00', 'TEF 50360 DIEGO V'),
    (10, 4, 8, 900000, 'CLP', 'returned', '2020-04-04 13:00:00+00', 'TEF 50360 DIEGO V (doble)');

INSERT INTO assignments (id, deposit_id, goal_id, amount, assigned_at) VALUES
    (1, 1, 1, 600000, '2020-01-09 15:30:00+00'),
    (2, 2, 1, 50000, '2020-04-01 16:00:00+00'),
    (3, 2, 2, 200000, '2020-04-01 16:01:00+00'),
    (4, 4, 4, 3100000, '2020-01-22 14:10:00+00'),
    (5, 5, 4, 300000, '2020-09-17 19:25:00+00'),
    (6, 7, 6, 1500000, '2020-03-02 18:45:00+00'),
    (7, 9, 8, 900000, '2020-04-03 13:20:00+00');

SELECT setval(pg_get_serial_sequence('users', 'id'), 5);

SELECT setval(pg_get_serial_sequence('goals', 'id'), 8);

SELECT setval(pg_get_serial_sequence('deposits', 'id'), 10);

SELECT setval(pg_get_serial_sequence('assignments', 'id'), 7);
