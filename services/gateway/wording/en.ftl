# Greeting and help

start =
    Hello, { $name }!

    💬 Ask me anything: in writing, by voice or with a photo. The answer appears while it is being written.
    📄 I read documents and answer with page numbers: send a PDF, a Word file or a photo of a page.
    🎨 I draw pictures: write “draw …” or press the button below.
    🗂 I remember our conversation: ask for more, or come back to what was said.
    🎭 I can be an editor, a translator, a teacher or a programmer: /roles.
start-try = Start with any question, or try one of these:
example-button-dinner = 🍳 Dinner from what is there
example-question-dinner = Think of a simple dinner with eggs, tomatoes and cheese, and describe it step by step.
example-button-sky = 💡 Why is the sky blue?
example-question-sky = Explain in simple words why the sky is blue, and red at sunset.
help =
    Write in your own words, send voice messages, photos and documents, forward messages and ask about them. If you edit a question, I answer it anew.

    /new – a new conversation: I forget the last one
    /img – draw a picture; or just say “draw …”
    /video – make a video; or just “make a video of …”, and “animate” in reply to a picture
    /videos – your videos and the queue
    /docs – your documents: send a file and ask about it
    /stop – stop the answer
    /menu – all settings
    /roles – who I am to be: an editor, a teacher…
    /models – which model answers
    /instructions – your instructions on how to answer
    /memory – what I remember
    /voice – spoken answers
    /usage – what is left, and when it renews
    /feedback – praise, complain, suggest
    /export – all that I keep about you, as a file
    /forget – forget everything about you
    /language – the bot's language

    In a group, mention me in a message or reply to mine.
group-hello =
    Hello! To ask me something, mention me in a message or reply to mine. I leave the other messages alone.

    The group's admins choose my role, model and language: /menu.
unknown-command = I have no command { $command }. What I can do: /help

# Menus

settings-button = ⚙️ Settings
help-button = ❓ Help
back-button = ‹ Back
cancel-button = ✖️ Cancel
close-button = ✖️ Close
help-title = ❓ Help
menu-closed = The settings are closed. Open them again: /menu
menu-renewed = This menu was out of date, here is the new one.
choice-gone = That choice is gone, the menu is up to date now.
choice-saved = Done ✅
only-admins = Only this group's admins change its settings.

home-title = ⚙️ Settings
home-title-group = ⚙️ The group's settings
home-hint = What would you like to change? It takes effect with your next question.
home-role = Role: { $value }
home-model = Model: { $value }
home-length = Answers: { $value }
home-length-short = short
home-length-normal = normal
home-length-detailed = detailed
home-wishes = Instructions: { $value }
home-wishes-some = yes
home-wishes-none = none
home-voice = Spoken: { $value }
door-roles = 🎭 Role
door-models = 🧠 Model
door-length = 📏 Answer length
door-wishes = ✍️ Instructions
door-voice = 🔊 Voice
door-display = 🖼 Answer style
door-memory = 🗂 Memory
door-language = 🌐 Language

roles-title = 🎭 Role
roles-hint = Who shall I be in this chat?
role-name-assistant = Assistant
role-name-editor = Editor
role-name-translator = Translator
role-name-teacher = Teacher
role-name-programmer = Programmer
role-name-brainstormer = Idea partner
role-name-language-partner = Language partner
role-about-assistant = { $role }: answers any question.
role-about-editor = { $role }: improves your text and explains the main changes.
role-about-translator = { $role }: translates whatever you send.
role-about-teacher = { $role }: explains step by step and checks that it is clear.
role-about-programmer = { $role }: writes and fixes code.
role-about-brainstormer = { $role }: offers many different ideas.
role-about-language-partner = { $role }: helps you practise a foreign language and gently corrects you.

models-title = 🧠 Model
models-hint = Who answers in this chat?
models-default = Default ({ $model })
models-chosen-gone = ⚠️ The model you chose is gone. Please choose another one.
model-default = default
model-strength-everyday = for everyday questions
model-strength-speed = for quick answers
model-strength-depth = for hard problems
model-price-low = low price
model-price-medium = medium price
model-price-high = high price
model-sees = sees photos
model-ends = ends on { $year }-{ $month }-{ $day }
model-health-degraded = ⚠️ It answers with interruptions right now.
model-health-unavailable = ⚠️ It is not answering right now, another one will step in.

length-title = 📏 Answer length
length-hint = How much do you like to read? You can also ask for more or less right in your question.
length-short = Short, just the point
length-normal = Normal
length-detailed = Detailed, with examples

voice-title = 🔊 Voice
voice-hint = When shall I answer with a voice message too? The text always comes.
voice-button-never = Never
voice-button-to-voice = To voice messages
voice-button-always = Always
voice-when-never = never
voice-when-to-voice = to voice messages
voice-when-always = always

display-title = 🖼 Answer style
display-hint = Tables and formulas are shown laid out. If your Telegram does not show them, choose plain text.
display-rich = With tables and formulas
display-plain = Plain text

language-title = 🌐 Language
language-hint = Which language shall my buttons and hints speak? I answer questions in the language you ask them in.
language-default = As in Telegram
language-ru = Russian (Русский)
language-en = English

memory-title = 🗂 Memory
memory-empty = Nothing here yet: this conversation has not begun.
memory-turns =
    I remember { $count ->
        [one] { $count } question with its answer
       *[other] { $count } questions with their answers
    } word for word.
memory-tokens =
    With your next question, the model will read about { $count ->
        [one] { $count } token
       *[other] { $count } tokens
    }.
memory-summary = And of what came before, I remember the gist:
forget-button = 🗑 Forget the conversation
forget-title = 🗑 Forget this conversation?
forget-hint = It cannot be brought back. The messages in the chat stay, and so do your settings.
forget-yes-button = Yes, forget it
forget-no-button = ‹ No, go back
forgotten = The conversation is forgotten ✅

wishes-title = ✍️ Your instructions
wishes-hint = Tell me how to answer you and what to know about you. I will keep it in mind in every answer. For example: “Answer without introductions. I am a doctor, no need to explain the terms.”
wishes-now = I follow them in every answer:
wishes-write-button = ✍️ Write
wishes-replace-button = ✍️ Replace
wishes-delete-button = 🗑 Delete
wishes-saved = ✅ Noted. I will follow it from the next answer on.
wishes-too-long =
    Your instructions have { $count ->
        [one] { $count } character
       *[other] { $count } characters
    }, and I can keep no more than { $limit }. Please shorten them and send them again in one message.
writing-title = ✍️ Waiting for your instructions
writing-hint = Send them in one message of no more than { $limit } characters. I wait for 15 minutes; any command cancels.
writing-hint-group = Reply to this message with one message of no more than { $limit } characters. I wait for 15 minutes; any command cancels.

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
good-button = 👍 Helpful
bad-button = 👎 Not quite
good-thanks = Thank you, glad to help!
bad-thanks = Thank you for telling. 🔄 gives another answer.
bad-thanks-plain = Thank you for telling.
feedback-what-was-wrong = What was wrong? Choose a button, or reply to this message in your own words.
feedback-reason-button = { $reason ->
        [wrong] There is a mistake
        [missed] Not what I asked
        [length] Wrong length
       *[slow] Took too long
    }
feedback-noted = Thank you, noted
feedback-ask = What should I tell the bot's team? Write it in your next message. If you have changed your mind, just press /help.
feedback-ask-group = What should I tell the bot's team? Reply to this message.
feedback-thanks = Thank you, I have told the team! If they answer, I will write here.
feedback-enough = You have sent a lot of feedback today, and the team has all of it. Please write more tomorrow.
feedback-came = 💬 New feedback. It is waiting in the panel, under Feedback.
feedback-reply = 💬 The bot's team answers your feedback:
question-forgotten = I no longer keep this question. Please send it once more.
copy-button = 📋 Copy
plain-button = 📄 Plain
stand-in-notice = ↪️ The chosen model is unavailable right now, so { $model } answered.
nothing-to-speak = There is nothing to read aloud in this answer, or I no longer keep it.
answer-forgotten = I no longer keep this answer. Please ask once more.
plain-from-now-on = From now on I answer in plain text. /menu changes it back.
answer-resent = 🔁 The connection broke during sending, so this message may have come twice.
nothing-heard = I heard nothing: it seems that nobody speaks in this recording.
not-understood = I do not understand this yet. Send a text, a photo, a document or a voice message, and I will answer.

# Pictures

# The easel

draw-button = 🎨 Draw a picture
picture-hint = 💡 The more you describe, the closer the picture: who or what and where, light, mood, style. “Improve the description” helps.
picture-change-how = What shall I change in this picture? Reply to it and say so, for example: “remove the background” or “draw it as a watercolour”.
easel-ask = 🎨 What shall I draw?
easel-hints =
    Describe it in one message. It helps to know:
    • who or what is in the picture, and what is going on;
    • where and when: place, time of day, weather;
    • light and mood;
    • where we look from: close up, from afar, from above.
easel-or-example = Or take an example:
easel-example-1 = A ginger cat reads a newspaper in a cosy café, morning light
easel-example-2 = A lighthouse on a cliff in a storm, seen from the sea, dramatic sky
easel-example-3 = A city of the future at dawn, gardens on the roofs, seen from above
easel-title = 🎨 I will draw this:
easel-improved = ✨ A better description:
easel-own = Your words:
easel-manner = Style: { $style }. Format: { $ratio }.
easel-draw-button = 🎨 Draw
easel-mine-button = ↩️ My words again
easel-improving = ✨ Improving the description…
easel-forgotten = The description is gone. Start again: /img
easel-closed = The easel is put away. Take it out again: /img

picture-drawing = 🎨 Drawing…
picture-stopped = ⏹ The drawing was cancelled.
picture-from = ↩️ From version { $number }
picture-stand-in = ↪️ Another model is unavailable right now, drawn by { $model }.
picture-vary-button = 🎲 Another one
picture-edit-button = ✏️ Change it
picture-style-button = 🎨 Style
picture-format-button = ▭ Format
picture-improve-button = ✨ Improve the prompt
picture-original-button = 📄 Original
picture-copy-button = 📋 Prompt
picture-already-drawing = Drawing it already…
picture-first = This is the first version.
picture-last = This is the newest version.
picture-here = Version { $number } of { $count }.
picture-sending-original = Sending the uncompressed file…
picture-edit-ask = ✏️ What should change in this picture? Say it in one message, for example: “make it a night scene”. I am waiting for 15 minutes; any command cancels.
picture-edit-ask-group = Reply to this picture with a message that says what to change.
picture-gone = I no longer have this picture: I keep pictures only for a while. Draw a new one, it is quick.
picture-rejected = The AI refused to draw this: its safety rules do not allow it. Try describing the picture differently.
picture-not-understood = This could not be drawn. Describe the picture differently, for example in fewer words.
picture-misconfigured = Drawing does not work right now: the bot is set up wrongly. Please tell the bot's admin.
picture-unfinished = The picture was not finished in time. Please try again.
picture-too-many-at-once =
    { $count ->
        [one] I am drawing a picture for you already. Wait for it and press “Try again”.
       *[other] I am drawing { $count } pictures for you already. Wait for one of them and press “Try again”.
    }
picture-series-full = This picture has too many versions already. Begin a new one: describe it afresh.
pictures-forbidden = I am not allowed to send pictures to this chat. Ask an admin to permit them, or draw in a private chat with me.
style-any = ✨ Any
style-photo = 📷 Photo
style-painting = 🖼 Painting
style-watercolor = 💧 Watercolour
style-pencil = ✏️ Pencil
style-anime = 🌸 Anime
style-render = 🧊 3D model
style-pixel = 👾 Pixels
ratio-square = ◻️ 1:1 square
ratio-landscape = ▭ 3:2 landscape
ratio-portrait = ▯ 2:3 portrait
ratio-wide = 🖥 16:9 screen
ratio-tall = 📱 9:16 phone

# Documents

document-reading = 📄 Reading “{ $name }”…
document-reading-pages = 📄 Reading “{ $name }”… { $count } of { $total }
document-recognising = 🔎 Recognising “{ $name }”… { $count } of { $total }
document-stopped = ⏹ The reading was cancelled.
document-studying = ⏳ Studying the document: { $count } of { $total }
document-format = { $format ->
    [docx] Word
    [txt] Text
    [md] Markdown
    [xlsx] Excel
    [pptx] PowerPoint
    [epub] EPUB book
    [image] Image
    [csv] CSV
    [html] HTML
    [rtf] RTF
    [odt] ODT
    [pdf] PDF
   *[other] File
 }
document-size = { $unit ->
    [slide] { $count ->
        [one] { $count } slide
       *[other] { $count } slides
    }
    [sheet] { $count ->
        [one] { $count } sheet
       *[other] { $count } sheets
    }
    [part] { $count ->
        [one] { $count } part
       *[other] { $count } parts
    }
   *[page] { $count ->
        [one] { $count } page
       *[other] { $count } pages
    }
 }
document-language = { $code ->
    [ru] Russian
    [en] English
    [uk] Ukrainian
    [be] Belarusian
    [kk] Kazakh
    [de] German
    [fr] French
    [es] Spanish
    [it] Italian
    [pl] Polish
    [zh] Chinese
    [ar] Arabic
    [he] Hebrew
   *[other] language: { $code }
 }
document-recognised = { $count ->
    [one] { $count } page recognised
   *[other] { $count } pages recognised
 }
document-outline = Contents:
document-ask = { $count ->
    [1] Ask away – I answer from this document.
   *[other] Ask away – I answer from these documents.
 }
document-ask-group = { $count ->
    [1] To ask about this document, reply to this message.
   *[other] To ask about these documents, reply to this message.
 }
document-page-button = { $unit ->
    [slide] slide { $number }
    [sheet] sheet { $number }
    [part] part { $number }
   *[page] p. { $number }
 }
document-page-opening = Opening…
document-button = 📄 The document
document-enter-button = { $count ->
    [1] 📄 Document
   *[other] 📄 Documents
 }
document-leave-button = 💬 Normal chat
document-entered = { $count ->
    [1] I answer from the document. Ask away.
   *[other] I answer from the documents. Ask away.
 }
document-left = A normal conversation again. The button under an answer, or /docs, leads back to the documents.
document-marked = The document is marked. To ask about it, reply to the list of documents: /docs.
document-key-button = 🔑 Enter the password
document-password-ask = Send the password as your next message. I read it and delete it at once.
document-password-ask-group = Reply to this message with the password. It is safer to send me the document in a private chat: nobody else sees the password there.
document-locked = locked with a password. Please send it on its own.
document-forgotten = I no longer have this file. Please send it again.
documents-button = 📚 Documents
documents-title = 📚 Your documents: { $count }
documents-none = There is nothing here yet. Send a PDF, a Word file, a spreadsheet, slides or a photo of a page, and I answer questions about it and name the pages.
documents-hint = Mark what to ask about: I answer from what is marked ✅. Where nothing is marked, this is a normal conversation.
documents-hint-group = Mark documents, then ask about them by replying to this message.
documents-enough = You can ask about { $limit } documents at once at most. Unmark another one first.
documents-only-admins = Only the group's admins can rename or delete its documents.
documents-closed = The list is closed. Open it again: /docs
document-only-button = 💬 Ask about this one
document-name-button = ✏️ Rename
document-drop-button = 🗑 Delete
document-drop-title = 🗑 Delete “{ $title }”?
document-drop-hint = Everything goes: the file, its text and the notes on it. It does not come back, but you can send the file again.
document-gone-button = Yes, delete
document-deleted = The document is deleted ✅
document-named = ✅ Renamed.
document-name-ask = ✏️ What shall the document be called? Send the title in one message. I wait for 15 minutes; any command cancels.
document-name-ask-group = ✏️ What shall the document be called? Reply to this message with the title. I wait for 15 minutes; any command cancels.

# In any chat: @bot question

inline-ask = Ask
inline-waiting = ❓ { $question }

    ⏳ Writing the answer…
inline-wait-button = ⏳ Writing
inline-wait = The answer appears here in a few seconds.
inline-cut = ✂️ The rest did not fit: here an answer takes one message. In our private chat I give all of it.
inline-hint = Ask something
inline-hint-how = Write a question after the bot's name, and the answer appears right in this chat.

# Menu of commands

command-start = What I can do
command-new = A new conversation
command-stop = Stop the answer
command-menu = Settings
command-roles = Who I am to be
command-models = Which model answers
command-instructions = Your instructions on how to answer
command-memory = What I remember
command-voice = Spoken answers
command-language = The bot's language
command-img = Draw a picture
command-docs = Your documents
command-usage = What is left, and when it renews
command-feedback = Write to the bot's team
command-export = What I keep about you, as a file
command-forget = Forget everything about me

# What is kept of a person

privacy-in-private = This is only yours to see: write to me in our private chat.
export-ready = All that I keep about you: settings, conversations, feedback, and lists of your documents, pictures and videos. The files themselves are in /docs, /videos and in the chat.
erasure-question =
    Forget everything about you? I will erase conversations, documents, pictures, videos, feedback and the settings of this chat, and nothing in the statistics will lead to you any more. This cannot be undone.

    The messages in Telegram itself stay: you can delete them there. Conversations in groups belong to all, and are kept. You can take everything with you first: /export.
erasure-yes-button = 🗑 Yes, forget it all
erasure-no-button = Leave it as it is
erasure-done = Done: I no longer remember anything about you. If you write, we will meet anew.
erasure-kept = All right, everything stays as it was.
command-help = Help
bot-short-description = I answer questions, write, translate, explain and program. I understand text, voice, photos and files.
bot-description =
    Ask me anything: in writing, by voice or with a photo.

    • Send a document: I answer from it and show the page.
    • The answer appears while it is being written, and you can stop it.
    • I remember the conversation until you start a new one.
    • You choose the role, the model and the length of answers.

# Errors: what happened and what to do. $wait is "in 5 minutes" or "a little later"

error-invalid-request = This request could not be processed. Please put it differently, for example shorter.
error-model-not-found = The chosen model is no longer available. Please choose another one: /models. If it is not on the list, write to the bot's administrator.
error-content-rejected = The AI declined to answer this: its safety rules stepped in. Please try to ask in another way.
error-quota-exceeded = { $quota ->
    [documents] There are { $limit } documents here already, and I keep no more. Delete some: /docs.
    [document_bytes] The documents here have used up their space. Delete some: /docs.
    [document_store_bytes] The bot has run out of space for documents. Please tell the bot's administrator.
   *[other] { $scope ->
        [group] This group has used up its limit. It will be renewed { $wait }. In a private chat you have one of your own: /usage.
        [total] The bot has used up its limit for everyone. It will be renewed { $wait }; your own is untouched: /usage.
       *[user] You have used up your limit. It will be renewed { $wait }. What is left: /usage. For more, write to the bot's administrator.
    }
 }
error-provider-rate-limited = The AI is getting too many requests right now. Please try again { $wait }.
error-provider-unavailable = The AI is not responding right now. Please try again { $wait }.
error-provider-misconfigured = I cannot answer: the bot is set up incorrectly. Please tell the bot's administrator.
error-provider-interrupted = The connection to the AI broke. Please send your question again { $wait }.
error-provider-out-of-funds = The bot has run out of money to pay for the AI. Please try again { $wait }, or tell the bot's administrator.
error-provider-unsupported-country = The AI does not work in the country of the bot's server. Please tell the bot's administrator.
error-context-too-long = The conversation has become too long. Start a new one with /new, or send a shorter text.
error-resource-not-found = { $resource ->
    [document] I do not have this document: it was deleted, could not be read, or was not needed for too long. Please send it again.
    [file] Telegram no longer gives this file. Please send it again.
   *[other] This no longer exists: it may have expired. Start a new conversation with /new.
 }
error-internal = Something went wrong on my side. Please try again { $wait }; if that does not help, write to the bot's administrator.
error-service-unavailable = A part of the bot is restarting. Please try again { $wait }.
error-deadline-exceeded = The answer did not come in time. Please try again { $wait }, or split the question into parts.
error-submission-unknown = Nobody can tell whether the video order went through: the connection broke at the worst moment. I do not repeat it on my own, so that it is not paid for twice. Your allowance is back; order again whenever you like.
error-permission-denied = You do not have the role for this. The bot's owner can give it to you.
error-job-expired = The video was not finished in time. Your allowance is back; please order it again.
error-unsupported-document = { $problem ->
    [unknown_format] I cannot read this kind of file. I read PDF, Word, text, Markdown, CSV, Excel, PowerPoint, HTML, RTF, ODT, EPUB and photos of pages.
    [empty] There is no text in this document.
    [password_needed] This document is locked with a password. Please reply to this message with the password.
    [password_wrong] The password does not fit. Please reply to this message with the right one.
    [too_large] This file is too large: at most { $limit } MB, please.
    [too_many_pages] This document has too many pages: at most { $limit }, please.
    [too_much_text] There is too much text in this document. Please send a part of it.
    [too_deep] This document is nested too deeply, so I do not open it.
    [archive_bomb] This file unpacks to far more than it should, so I do not open it.
    [too_slow] Reading this document took too long. Please send a part of it.
    [too_much_memory] Reading this document takes too much memory. Please send a part of it.
    [ocr_missing] This is a scan, and text recognition is not installed here. Please tell the bot's administrator.
   *[broken] This document cannot be read: the file seems to be damaged.
 }
error-unsupported-image = { $problem ->
    [not_an_image] This file is not a picture that I can work with. Please send a JPEG, PNG or WebP.
    [too_large] This picture is too large: at most { $limit } MB, please.
    [too_many_pixels] This picture has too many pixels: at most { $limit } megapixels, please.
    [animated] I cannot work with moving pictures. Please send a still one: JPEG, PNG or WebP.
    [too_many] These are too many pictures at once: at most { $limit }, please.
   *[broken] This picture cannot be read: the file seems to be damaged. Please send it again.
 }

# For admins: what needs a person

alert-vendor-of-pictures = { $vendor } (pictures)
alert-other-answers = ⚠️ { $vendor }: { $trouble }. Meanwhile { $standby } answers.
alert-nobody-answers = 🛑 { $vendor }: { $trouble }. There is no one to replace it, so users get no answers.
alert-recovered = ✅ { $vendor } answers again.
alert-raised =
    { $kind ->
        [error-rate] 🛑 { $value } % of the requests of the last 15 minutes have failed. See /admin → Recent errors.
        [video-queue] ⚠️ Videos have been waiting in the queue for { $value } minutes. Is video-worker running?
        [dead-letters] ⚠️ Usage events that could not be written: { $value }.
        [disk] ⚠️ The disk of the statistics is { $value } % full.
       *[usage-lag] ⚠️ Statistics are { $value } minutes behind: ClickHouse takes no rows. Nothing is lost until it is back.
    }
alert-cleared =
    { $kind ->
        [error-rate] ✅ Requests succeed again.
        [video-queue] ✅ The queue of videos moves again.
        [dead-letters] ✅ No usage events are left unwritten.
        [disk] ✅ The disk of the statistics has room again.
       *[usage-lag] ✅ Statistics are written in time again.
    }
alert-open-button = Open in the panel
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

# Video

command-video = Make a video
command-videos = Your videos
video-button = 🎬 Make a video
picture-animate-button = 🎬 Animate
video-ask = 🎬 What shall I film? Describe it in one message: who or what is in the frame, what happens, how the camera moves. I wait for 15 minutes; any command cancels.
video-choice = { $model } · { $seconds } s
video-cost = 💳 About { $cost }
video-left-today = Left today: { $seconds } s of video
video-taking = ⏳ Taking the order…
video-edited = The video is ordered by the former words. To film the new ones, send them in a message of their own.
video-queued = ⏳ The video is queued, place { $place }.
video-making = 🎬 Making the video…
video-minutes = { $count ->
    [one] About { $count } minute.
   *[other] About { $count } minutes.
}
video-cancelling = ⏹ Cancelling…
video-cancelled = ⏹ The video was cancelled.
video-retry-button = 🔄 Order again
video-again-button = 🎲 Another one
video-longer-button = ⏱ Longer
video-format-button = ▭ Format
video-file-button = 📄 As a file
video-show-button = ▶️ Show
video-drop-button = 🗑 Delete
video-seconds = { $count } s
video-ratio-wide = 16:9
video-ratio-tall = 9:16
video-ratio-square = 1:1
video-stand-in = ↪️ The chosen model is not available right now; another one made it.
video-state-pending = queued
video-state-running = being made, { $percent } %
video-state-succeeded = ready
video-state-failed = failed
video-state-cancelled = cancelled
video-not-yours = Only whoever ordered the video can cancel it.
video-longest = This model makes no longer ones.
video-gone = I no longer have this video: its time is over. Please order a new one.
video-rejected = This cannot be filmed: the AI's safety rules stepped in. Your allowance is back; please describe it differently.
video-not-understood = This could not be filmed. Please describe it differently, for example shorter.
video-misconfigured = Videos do not work right now: the bot is set up incorrectly. Please tell the bot's administrator.
video-unfinished = The video did not come out: the AI has not finished it. Your allowance is back; you can order it again.
video-too-many-at-once = { $count ->
    [one] One video is being made already. Wait for it, or cancel it: /videos
   *[other] { $count } videos are being made already. Wait for one of them, or cancel it: /videos
}
video-enough-today = That is enough video for today: { $used } of { $limit } s are ordered. Tomorrow there is more.
video-file-too-large = The file is larger than 50 MB, and Telegram lets bots send no larger ones. A smaller copy is in the chat.
video-file-link = 📄 The file is too large for Telegram. Download it here; the link works for { $hours } h:
    { $address }
video-deleted = The video is deleted ✅
video-of-picture = Animated picture
videos-title = 🎬 Your videos: { $count }
videos-none = No videos yet. Write “make a video of …” or /video and a description; answer a picture with “animate”.
videos-closed = The list is closed. Open it again: /videos
alert-vendor-of-videos = { $vendor } (video)
alert-video-unknown = ⚠️ Video: the connection to { $vendor } broke while ordering, and nobody knows whether the order went through. The bot does not repeat it; the allowance is back. Job: { $job }
alert-video-dead = ⚠️ Video: job { $job } could not be brought to its end. See the log of the video service.

## ---- The admins' panel

admin-menu = ⚙️ Running the bot
admin-mode = 🔧 Whom the bot answers
admin-mode-maintenance = 🛠 Maintenance: everyone but admins is told that the bot will be back soon.
admin-mode-allow-list = 🔒 Only those on the list are answered.
admin-button = { $name ->
    [today] 📊 Today
    [panel] 🖥 Panel
    [refresh] Refresh
    [casts] 📣 Broadcasts
    [compose] ✍️ New broadcast
    [send] 🚀 Send
    [pause] ⏸ Pause
    [resume] ▶️ Go on
    [stop] ⏹ Cancel
    [unsend] 🗑 Delete everywhere
    [unsent] Yes, delete
    [person] 👤 Person
    [mode] 🔧 Mode
    [maintenance-on] Begin maintenance
    [maintenance-off] End maintenance
    [allow-list-on] Answer the list only
    [allow-list-off] Answer everyone
    [ban] ⛔ Ban
    [unban] Unban
    [allow] Put on the list
    [disallow] Take off the list
    [limits] 🎚 Limits
    [limit-usual] As everyone has
    [focus] Into the focus group
    [unfocus] Out of the focus group
    [reply] ✍️ Reply
    [close] Close
    [next] Next ›
   *[back] ‹ Back
 }
admin-button-plan = Plan { $plan }
admin-button-no-plan = No plan
admin-button-alerts = { $count ->
    [0] ✅ No alerts
   *[other] 🚨 Alerts ({ $count })
 }
admin-button-letters = 💬 Feedback ({ $count })
admin-alerts = 🚨 What needs attention
admin-alerts-none = ✅ All is well: nothing needs attention.
admin-alert-age = { $unit ->
    [minutes] { $count ->
        [0] just now
       *[other] { $count } min ago
     }
   *[hours] { $count } h ago
 }
admin-alert-place = { $kind ->
    [error-rate] Errors ›
    [video-queue] Video queue ›
    [disk] Overview ›
   *[quality] Data quality ›
 }
admin-person-ask = Who is it about? Send a Telegram id, or forward a message of theirs.
admin-person-unknown = There is no such id. It is a number; whoever hides behind forwarded messages cannot be known.
admin-person = 👤 { $id }, plan: { $plan }
admin-person-state = { $state ->
    [banned] ⛔ Banned
    [allowed] ✅ On the list of those who are answered
   *[focus] 🔬 In the focus group
 }
admin-casts = 📣 Broadcasts. Buttons under the message, a time, and a segment by query are set in the panel.
admin-casts-none = There were none in the last 90 days.
admin-cast-ask = Send what people are to get: a text with its formatting, or a picture with a caption.
admin-cast-unfit = This cannot be sent. It takes one message: a text of up to 4096 characters, or one picture with a caption of up to 1024. To begin anew: /admin
admin-cast-whom = 📣 A sample comes to this chat: everybody would see it so. Whom is it for?
admin-cast-nobody = 📣 A sample comes to this chat. There is nobody to send it to yet: no one has talked to the bot.
admin-cast-sure = 📣 Send it? To: { $segment }, chats: { $count }.
admin-cast-unsend = 🗑 Delete this message wherever it has arrived? There is no way back.
admin-cast-course = { $course ->
    [running] ▶️ Under way
    [paused] ⏸ Paused
    [cancelled] ⏹ Cancelled
    [retracted] 🗑 Taken back: the messages are being deleted
   *[done] ✅ Sent
 }
admin-cast-fate = { $fate ->
    [delivered] Delivered
    [blocked] Blocked the bot
    [failed] Failed
    [unknown] Not known whether it arrived
    [skipped] Skipped: had blocked the bot before
    [deleted] Deleted
   *[pending] Waiting
 }: { $count }
admin-segment = { $segment ->
    [ru] In Russian
    [en] In English
    [week] Seen in 7 days
    [month] Seen in 30 days
    [private] Private chats
    [groups] Groups
   *[all] Everybody
 }
admin-limits = 🎚 Limits of { $id }. { $count ->
    [0] Nothing is limited: the panel can set a limit.
   *[other] Press the one to change.
 }
admin-limit =
    🎚 { $id }
    { $what }: limit { $limit }, used { $used }.

    What should it be?
admin-letters-none = 💬 No feedback is waiting.
admin-letter = 💬 { $number } of { $count } · { $id } { $about }
admin-reply-ask = What is the answer? The bot passes your next message on, in the name of the team.
admin-reply-sent = On its way. The letter is marked as answered.
admin-in-private = Please ask me that in our private chat: the link opens the panel for you alone.
admin-link =
    The panel opens once by this link, within the next minutes:

    { $url }
admin-doors = The panel. The link opens it once, within the next minutes; keep it to yourself.
admin-open-app = 📊 Open here
admin-open-browser = Open in the browser

stats-in-private = Please ask me that in our private chat: figures are for you alone.
stats-title = 📊 { $period ->
    [day] The last 24 hours
    [week] The last 7 days
   *[month] The last 30 days
 }, against as long a time before
stats-period-day = 24 hours
stats-period-week = 7 days
stats-period-month = 30 days
stats-figure = { $figure ->
    [requests] Requests
    [success] Answered
    [users] Users
    [waiting] Waiting, p95
    [first_token] First word, p95
    [spend] Spend
    [videos] Videos
   *[satisfaction] Satisfaction
 }: { $value }
stats-seconds = { $number } s

# Limits: $what is what is counted, $left how much of it is left

usage-title = What you have left:
usage-nothing = There are no limits for you, and you have spent nothing so far.
usage-measure = { $measure ->
    [messages] 💬 Messages
    [pictures] 🖼 Pictures
    [pages] 📄 Pages
    [video_seconds] 🎬 Seconds of video
   *[other] 💵 Money
 } { $period ->
    [day] today
   *[other] this month
 }
usage-limited = { $what }: { $left } of { $limit } left, renewed { $renews }
usage-unlimited = { $what }: { $used } spent, without limit
not-answered = { $why ->
    [maintenance] 🔧 I am away for a little maintenance. Please look in again a little later.
    [stranger] This bot is not open to everyone yet. Please ask its administrator for access.
   *[other] Too many messages at once. Please wait ten seconds and write again.
 }
