"""The installation's keys as a ring: their lives, their prepared forms, the view of one moment (密钥环)."""
