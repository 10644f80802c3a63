"""Relying parties (接入单位): clients, their authentication, quotas and peaks.

Source: annex 1 of the notice.
"""
