"""The counter desk (窗口核验台): scan, see, file, next.

Legal basis: 电子营业执照管理办法（试行） art. 11; notice 二(二).
"""
