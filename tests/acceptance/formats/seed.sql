INSERT INTO items VALUES (1, 'tent', 119.50), (2, 'lamp', 24.00), (3, 'rope', 8.75);
