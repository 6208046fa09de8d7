"""The kinds of scheduled work, one module each; found by themselves."""
