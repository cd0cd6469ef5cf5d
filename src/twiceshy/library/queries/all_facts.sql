-- What is known of each edition that an audience may see?
SELECT id, facts FROM edition WHERE :level BETWEEN low AND high;
