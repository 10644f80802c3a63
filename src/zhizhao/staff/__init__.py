"""Accounts and roles of officials (工作人员账号)."""
