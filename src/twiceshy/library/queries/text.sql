-- What does one edition say?
SELECT text FROM edition WHERE id = :id;
