"""Answers for officers, as files of the programs they work in; never published, so beside `publish` and not in it."""
