"""The desk in the browser: a server-rendered view of the ledger, and the officer's decisions."""
