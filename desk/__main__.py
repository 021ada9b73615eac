"""`python -m desk` is `tonghop`."""

from desk.cli import main

main()
