"""Authenticate a client at the token endpoint: `private_key_jwt` (RFC 7523) or `client_secret_basic` (RFC 6749 §2.3.1)."""

import base64
import binascii
import hmac
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from zhizhao.onboarding.add_client import hash_client_secret
from zhizhao.onboarding.client import Authentication, Client, ClientState
from zhizhao.onboarding.errors import ClientUnknown
from zhizhao.storage.database import Transaction
from zhizhao.trust.errors import TrustError
from zhizhao.trust.jws import unverified_claims, verify_with_jwks

if TYPE_CHECKING:
    from zhizhao.onboarding.store import ClientStore

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_ASSERTION_SECONDS = 600
