## The frame
skip = To the content
menu = Menu
leave = Leave
cancel = Cancel
confirm = Yes, do it
choose-language = Language
choose-theme = Colours
theme-auto = As the system has them
theme-light = Light
theme-dark = Dark
older = Older
latest = Latest
nothing-yet = Nothing here yet.
role-owner = owner
role-operator = operator
role-analyst = analyst
role-nobody = no role
section-figures = Figures
section-people = People
section-work = Work
section-house = House

## The doors
enter = Enter
enter-how = To enter, send the bot /admin: it answers with a link that opens this panel once.
enter-refused = This link is spent, too old, or belongs to somebody without a role. Ask the bot for a new one: /admin.
enter-must-wait = Too many failed attempts. Wait ten minutes and ask the bot for a new link.
enter-waiting = Opening the panel…
enter-by-telegram = This page opens inside Telegram: send the bot /admin and press the button.
to-the-start = To the start
failed-400 = That could not be understood. Go back and check what you have entered.
failed-403 = You may not do this: your role does not allow it, or the page was open for too long. Load it again.
failed-404 = There is nothing here, or not any more.
failed-409 = This is not possible now.
failed-429 = That was too much at once. Try again in a minute.
failed-500 = Something broke on our side. It stands in the log.
failed-503 = A part of the house does not answer right now. Try again in a moment.
failed-504 = That took too long. Ask for less, or try again.

## Tables
column-time = Time, UTC
column-who = Who
column-deed = Action
column-details = Details
column-outcome = Outcome
column-door = Came in by
column-seen = Last seen
column-browser = From

## Pages
page-home = Start
page-audit = Audit
about-audit = What admins did, kept for 400 days. Nobody can change it.
outcome-done = done
outcome-unknown = not known
page-settings = Settings
about-settings = Who is in the panel, and what concerns the whole house.
sessions-title = Who is in
sessions-about = A session ends by itself when it is not used. End those that you do not know.
this-session = this one
door-link = link
door-mini_app = Telegram
end-session = End
end-session-sure = End this session? Whoever has it must enter anew.
done-session-ended = The session is over.
