"""The commands of `tonghop`, one module for each kind of work. Each command imports what it alone needs."""
