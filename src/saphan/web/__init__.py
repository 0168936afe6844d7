"""The way in for a browser: for now the products of one mission, read-only. Starts with `python -m saphan.web`."""
