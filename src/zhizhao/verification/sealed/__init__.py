"""Check a sealed PDF, outermost bytes first: nothing is parsed before its signature is known to be good."""
