"""One code, one consent, one verification, one receipt (出示与核验).

Legal basis: 电子营业执照管理办法（试行） art. 11 (codes are for verification only).
"""
