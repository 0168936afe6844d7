"""What the field works with: published form versions."""

from saphan.register import boot

boot.ready()
