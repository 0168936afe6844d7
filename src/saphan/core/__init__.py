"""What every room may use: ids, periods, units, text in many languages, and the catalogue of problems."""
