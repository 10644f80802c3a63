"""Places in the Token Status List: who has which index, and what stands there."""
