"""Officials' accounts, their roles, and how they sign in (工作人员账号与权限; GB/T 22239 level 3, SECURITY.md §4)."""
