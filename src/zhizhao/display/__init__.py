"""Publication of the licence on a web shop (亮照) and the face's QR.

Legal basis: 网络交易监督管理办法, order 37, art. 12.
"""
