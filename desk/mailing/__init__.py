"""Mail that goes out, and what comes back to it."""
