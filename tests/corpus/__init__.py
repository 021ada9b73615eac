"""A corpus of our own: acceptance sets made by dice, so that no rule can have been fitted to them."""
