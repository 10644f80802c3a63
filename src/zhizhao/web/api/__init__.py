"""The relying-party API (接入单位接口), `/api/v1` and `/oauth/token`; INTERFACES.md §4."""
