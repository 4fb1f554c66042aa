# Greeting and help

start =
    Hello, { $name }! Ask me anything.

    • The answer appears while it is being written; stop it with the button or with /stop.
    • I remember our conversation: ask for more, or come back to what was said.
    • /new starts a new conversation, /help tells you the rest.
help =
    Write your question in your own words. For now I read text only.

    /new – start a new conversation: I forget the last one
    /stop – stop the answer
    /help – this help

    In a group, mention me in a message or reply to mine.
group-hello =
    Hello! To ask me something, mention me in a message or reply to mine. I leave the other messages alone.
unknown-command = I have no command { $command }. What I can do: /help

# Conversation and answer

new-conversation = A fresh start: I have forgotten our last conversation. What shall we talk about?
stop-button = ⏹ Stop
stopping = Stopping…
nothing-to-stop = I am not writing anything right now, so there is nothing to stop.
stale-button = This button no longer works.
stopped-notice = ⏹ Stopped.
interrupted-notice = ⚠️ The connection to the AI broke, and the answer is unfinished.
length-notice = ✂️ The answer has reached its maximum length.
continue-button = ▶️ Continue
try-again-button = 🔄 Try again
regenerate-button = 🔄 Another answer
speak-button = 🔊 Listen
question-forgotten = I no longer keep this question. Please send it once more.
copy-button = 📋 Copy
plain-button = 📄 Plain text
answer-resent = 🔁 The connection broke during sending, so this message may have come twice.
nothing-heard = I heard nothing: it seems that nobody speaks in this recording.
not-understood = I do not understand this yet. Send a text, a photo or a voice message, and I will answer.

# Menu of commands

command-start = What I can do
command-new = Start a new conversation
command-stop = Stop the answer
command-help = Help

# Errors: what happened and what to do. $wait is "in 5 minutes" or "a little later"

error-invalid-request = This request could not be processed. Please put it differently, for example shorter.
error-model-not-found = The chosen model is no longer available. Please try again { $wait }; if that does not help, write to the bot's administrator.
error-content-rejected = The AI declined to answer this: its safety rules stepped in. Please try to ask in another way.
error-quota-exceeded = You have used up your limit. It will be renewed { $wait }.
error-provider-rate-limited = The AI is getting too many requests right now. Please try again { $wait }.
error-provider-unavailable = The AI is not responding right now. Please try again { $wait }.
error-provider-misconfigured = I cannot answer: the bot is set up incorrectly. Please tell the bot's administrator.
error-provider-interrupted = The connection to the AI broke. Please send your question again { $wait }.
error-provider-out-of-funds = The bot has run out of money to pay for the AI. Please try again { $wait }, or tell the bot's administrator.
error-provider-unsupported-country = The AI does not work in the country of the bot's server. Please tell the bot's administrator.
error-context-too-long = The conversation has become too long. Start a new one with /new, or send a shorter text.
error-resource-not-found = This no longer exists: it may have expired. Start a new conversation with /new.
error-internal = Something went wrong on my side. Please try again { $wait }; if that does not help, write to the bot's administrator.
error-service-unavailable = A part of the bot is restarting. Please try again { $wait }.
error-deadline-exceeded = The answer did not come in time. Please try again { $wait }, or split the question into parts.

# For admins: what needs a person

alert-other-answers = ⚠️ { $vendor }: { $trouble }. Meanwhile { $standby } answers.
alert-nobody-answers = 🛑 { $vendor }: { $trouble }. There is no one to replace it, so users get no answers.
alert-recovered = ✅ { $vendor } answers again.
trouble-out-of-funds = the account has run out of money, please top it up
trouble-misconfigured = refuses our key or settings, please check them
trouble-unsupported-country = does not serve the server's country, it needs a proxy
trouble-model-not-found = the model { $model } is gone, choose another one in the settings
trouble-rate-limited = has been throttling us for minutes, raise the limit
trouble-unavailable = has not been answering for minutes

# How long to wait

wait-unknown = a little later
wait-seconds =
    in { $count ->
        [one] { $count } second
       *[other] { $count } seconds
    }
wait-minutes =
    in { $count ->
        [one] { $count } minute
       *[other] { $count } minutes
    }
wait-hours =
    in { $count ->
        [one] { $count } hour
       *[other] { $count } hours
    }
wait-days =
    in { $count ->
        [one] { $count } day
       *[other] { $count } days
    }
