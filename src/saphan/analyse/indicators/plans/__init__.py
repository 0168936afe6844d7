"""Analysis plans: the field's sheet of what to estimate by what, read, run in few passes, and told as tidy rows."""
