"""From obligations and values to totals, the report, the annex, the chase-up list and the letters."""
