"""A corpus of our own: acceptance sets made by dice, so that no rule can have been fitted to them.

Three departments, each unlike the other: a district that asks for poverty figures of a quarter, a commune
that asks its villages about children every month, a district that asks for gender equality once a year.
`write_set` casts units, figures, forms, sentences and faults from a seed and writes an acceptance set with
its truth; the truth is what the dice said, never what the program read.
"""
