"""Word, mail and page templates: every sentence an officer may want to change."""
