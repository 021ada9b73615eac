"""From the mailbox to a submission with its values and findings."""
