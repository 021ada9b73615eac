"""Keeping the house: health, log, backup, proof that nothing is lost or changed."""
