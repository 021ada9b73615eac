"""What people touch: the command line, the daemon, sending. The only place that knows both halves."""
