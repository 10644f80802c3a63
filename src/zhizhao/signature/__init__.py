"""Electronic signatures of an entity (电子签名). Built by its own work order.

Legal basis: 电子签名法.
"""
