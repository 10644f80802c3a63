"""Matters that a licence may be used for (授权事项目录树).

Source: annex 1 of the notice, field 16.
"""
