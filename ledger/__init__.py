"""The record: messages, submissions, values, decisions; append-only history. Knows nothing of mail or Word."""
