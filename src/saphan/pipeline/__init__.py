"""Walks the stages: the verbs that touch more than one room. The ways in call these and nothing deeper."""
