-- What is known of one edition?
SELECT facts FROM edition WHERE id = :id;
