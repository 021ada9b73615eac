"""What the department decides: units, reports, calendar, and the words to say it in."""
