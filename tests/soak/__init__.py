"""The soak: the real program is killed and its network broken while a clinic answers, and all is counted."""
