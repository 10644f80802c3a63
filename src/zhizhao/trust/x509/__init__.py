"""Certificates as bytes: built, read and checked, for P-256 and SM2 (证书: RFC 5280, GB/T 20518)."""
