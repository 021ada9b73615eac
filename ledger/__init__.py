"""The record: messages, submissions, decisions; append-only history. Knows nothing of mail or Word."""
