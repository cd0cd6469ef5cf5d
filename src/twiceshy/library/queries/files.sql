-- Which files were read, and how did each look then?
SELECT id, path, stamp FROM file;
