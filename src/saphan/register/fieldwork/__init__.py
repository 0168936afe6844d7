"""What the field works with: published form versions."""
