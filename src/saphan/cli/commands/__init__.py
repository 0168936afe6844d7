"""What each command does: open what it needs, call its verb, show the answer."""
