"""The first look at unknown exports: what is in them, and a definition file to begin with. All of it is guesses, and says so."""
