"""One writer for each kind of document."""
