"""Who may act for whom (授权): grants and the decision at the moment of use.

Legal basis: 电子营业执照管理办法（试行） art. 8.
"""
