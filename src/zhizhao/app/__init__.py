"""Composition root: the only place that wires stores, signers, clock and doors."""
