"""The append-only audit ledger (审计账本): write, seal, prove, check.

Legal basis: 网络安全法 art. 21 (logs); structure: RFC 6962.
"""
