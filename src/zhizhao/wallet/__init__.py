"""People, their devices and what they hold (手机执照): proof, PIN, download, loss.

Legal basis: 电子营业执照管理办法（试行） art. 6, 7 (real name, download).
"""
