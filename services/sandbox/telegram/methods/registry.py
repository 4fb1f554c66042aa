from services.sandbox.telegram.dispatch import Handler
from services.sandbox.telegram.methods import (
    bot,
    callbacks,
    chats,
    commands,
    drafts,
    files,
    inline,
    media,
    media_edits,
    media_groups,
    messages,
    reactions,
    rich,
    sharing,
    topics,
    updates,
)


def all_methods() -> dict[str, Handler]:
    """Every Bot API method the stand-in knows, by its name."""
    return {
        **bot.METHODS,
        **callbacks.METHODS,
        **chats.METHODS,
        **commands.METHODS,
        **drafts.METHODS,
        **files.METHODS,
        **inline.METHODS,
        **media.METHODS,
        **media_edits.METHODS,
        **media_groups.METHODS,
        **messages.METHODS,
        **reactions.METHODS,
        **rich.METHODS,
        **sharing.METHODS,
        **topics.METHODS,
        **updates.METHODS,
    }
