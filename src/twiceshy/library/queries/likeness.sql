-- By which words and names is each edition compared that an audience may see?
SELECT id, likeness FROM edition WHERE :level BETWEEN low AND high;
