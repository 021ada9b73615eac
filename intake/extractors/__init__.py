"""One reader for each kind of file; a table chooses by content."""
