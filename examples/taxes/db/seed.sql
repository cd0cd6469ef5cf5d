INSERT INTO registers (id, name) VALUES (1, 'property tax 2021');
