"""Submissions as sent: received once, encrypted, corrected by added rows, erasable."""
