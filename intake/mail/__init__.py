"""One mail: its octets, its parts, its text, its files, and whether its sender is who it says."""
