"""The database, its transactions, the outbox, the batcher and the migrations (存储)."""
