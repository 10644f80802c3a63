"""Proving a person (实名核验): slips made at a window, real-name checks, and the proofs that come of them."""
