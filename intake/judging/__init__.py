"""What becomes of one message: what its sender owes, what it hands in, what people decided, what is asked."""
