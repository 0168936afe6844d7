"""Engines filter, join, add and count; the mathematics is NumPy on the small table of sums that comes back."""
