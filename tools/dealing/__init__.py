"""Live sessions, creator deals and the like: read per deal, ranked by what is left after everything."""
