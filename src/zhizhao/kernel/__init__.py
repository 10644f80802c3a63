"""Words everybody uses, without I/O: codes, clock, ids, errors, events (共用词汇)."""
