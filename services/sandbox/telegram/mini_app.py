import base64
import hashlib
import time
from typing import Final
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.sandbox.telegram.people import User
from services.sandbox.telegram.wire import dumps

# Anybody may know it: whoever trusts its public half trusts the sandbox.
_SEED: Final = hashlib.sha256(b"quartet-sandbox").digest()


def sign_init_data(user: User, bot_id: int, *, auth_date: int | None = None) -> str:
    """Sign what a Mini App is told of who has opened it, as Telegram does for third parties.

    https://core.telegram.org/bots/webapps#validating-data-for-third-party-use
    """
    fields = {
        "auth_date": str(int(time.time()) if auth_date is None else auth_date),
        "query_id": f"AAF{user.id}",
        "user": dumps(user.to_json()).decode(),
    }
    lines = [f"{bot_id}:WebAppData", *sorted(f"{name}={value}" for name, value in fields.items())]
    raw = Ed25519PrivateKey.from_private_bytes(_SEED).sign("\n".join(lines).encode())
    signature = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return urlencode({**fields, "signature": signature})
