"""Whose report, which report, which period: the evidence, its weights, and what it adds up to."""
