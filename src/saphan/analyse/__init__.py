"""From answers to estimates: frozen tables, what may be shown of them, and what numbers mean."""
