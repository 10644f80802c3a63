"""The door of every official: sign in, sign out, one's own password and passkeys (工作人员登录)."""
