"""The electronic business licence (电子营业执照): face, life, credential, status list.

Legal basis: 电子营业执照管理办法（试行）, 国市监注〔2018〕249号.
"""
