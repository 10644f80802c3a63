"""The licence as paper (照面版式): sheet to PDF, and its signature.

Source: 国市监注〔2018〕253号 (sheets and items).
"""
