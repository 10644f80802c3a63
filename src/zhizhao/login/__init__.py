"""Scan-to-login (线上扫码登录), an OpenID Provider. Built by its own work order."""
