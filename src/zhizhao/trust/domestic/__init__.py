"""What the domestic algorithms need below `sm2.py` (国密: GB/T 32918, GB/T 32905, GB/T 35276)."""
