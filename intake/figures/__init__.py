"""Figures and text of one report, from tables, sentences and headings, each with its place."""
