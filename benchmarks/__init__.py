"""Measures of the estimators; run with `make bench`."""
