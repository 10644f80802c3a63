"""Check anything anyone holds (验真): file, receipt, credential, signature."""
