"""The same mail through tonghop, an afternoon's script and the least work possible: `make bench`."""
