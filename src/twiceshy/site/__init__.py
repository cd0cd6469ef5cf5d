"""The reports as pages: a folder of files for any host, or the same pages served live."""
