import secrets


def new_album_id() -> str:
    """A `media_group_id`: the messages that carry it are shown as one album."""
    return str(secrets.randbelow(9 * 10**16) + 10**16)
