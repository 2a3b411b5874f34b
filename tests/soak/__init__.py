"""The soak: the real program is killed and cut off from the network while a whole clinic answers, and all is counted."""
