"""What a relying party or another wallet installs: API client, verifiers, headless wallet.

Written independently of the server on purpose: it is a second opinion. It never imports `zhizhao`.
"""
