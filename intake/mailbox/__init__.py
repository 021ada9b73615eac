"""Where mail comes from: a server, or a folder on this machine."""
