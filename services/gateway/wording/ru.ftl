# Приветствие и помощь

start =
    Здравствуйте, { $name }!

    💬 Спрашивайте о чём угодно: текстом, голосом или с фотографией. Ответ появляется сразу, пока пишется.
    📄 Читаю документы и отвечаю с номерами страниц: пришлите PDF, Word или фото страницы.
    🎨 Рисую картинки: напишите «нарисуй …» или нажмите кнопку ниже.
    🗂 Я помню наш разговор: уточняйте и возвращайтесь к сказанному.
    🎭 Могу быть редактором, переводчиком, учителем или программистом: /roles.
start-try = Начните с любого вопроса или попробуйте один из этих:
example-button-dinner = 🍳 Ужин из того, что есть
example-question-dinner = Придумай простой ужин из яиц, помидоров и сыра и распиши его по шагам.
example-button-sky = 💡 Почему небо голубое?
example-question-sky = Объясни простыми словами, почему небо голубое, а на закате красное.
help =
    Пишите обычными словами, присылайте голосовые сообщения, фотографии и документы, пересылайте чужие сообщения и спрашивайте о них. Если исправить вопрос, я отвечу заново.

    /new – новый разговор: прежний я забуду
    /img – нарисовать картинку; можно и просто «нарисуй …»
    /video – снять видео; можно и «сними …», а картинку – «оживи»
    /videos – ваши видео и очередь
    /docs – ваши документы: пришлите файл и спрашивайте о нём
    /stop – остановить ответ
    /menu – все настройки
    /roles – кем мне быть: редактором, учителем…
    /models – какая модель отвечает
    /instructions – ваши указания, как отвечать
    /memory – что я помню
    /voice – ответы голосом
    /usage – сколько осталось и когда обновится
    /feedback – похвалить, пожаловаться, предложить
    /export – всё, что я о вас храню, файлом
    /forget – забыть о вас всё
    /language – язык бота

    В группе упомяните меня в сообщении или ответьте на моё.
group-hello =
    Здравствуйте! Чтобы спросить меня, упомяните меня в сообщении или ответьте на моё. На остальные сообщения я не отвечаю.

    Администраторы группы выбирают мою роль, модель и язык: /menu.
unknown-command = Команды { $command } у меня нет. Что я умею: /help

# Меню

settings-button = ⚙️ Настройки
help-button = ❓ Помощь
back-button = ‹ Назад
cancel-button = ✖️ Отменить
close-button = ✖️ Закрыть
help-title = ❓ Помощь
menu-closed = Настройки закрыты. Открыть снова: /menu
menu-renewed = Это меню устарело, вот новое.
choice-gone = Такого выбора больше нет, меню обновлено.
choice-saved = Готово ✅
only-admins = Настройки этой группы меняют только её администраторы.

home-title = ⚙️ Настройки
home-title-group = ⚙️ Настройки группы
home-hint = Что изменить? Всё действует сразу, со следующего вопроса.
home-role = Роль: { $value }
home-model = Модель: { $value }
home-length = Ответы: { $value }
home-length-short = короткие
home-length-normal = обычные
home-length-detailed = подробные
home-wishes = Указания: { $value }
home-wishes-some = есть
home-wishes-none = нет
home-voice = Голосом: { $value }
door-roles = 🎭 Роль
door-models = 🧠 Модель
door-length = 📏 Длина ответов
door-wishes = ✍️ Указания
door-voice = 🔊 Голос
door-display = 🖼 Вид ответов
door-memory = 🗂 Память
door-language = 🌐 Язык

roles-title = 🎭 Роль
roles-hint = Кем мне быть в этом чате?
role-name-assistant = Помощник
role-name-editor = Редактор
role-name-translator = Переводчик
role-name-teacher = Учитель
role-name-programmer = Программист
role-name-brainstormer = Генератор идей
role-name-language-partner = Собеседник
role-about-assistant = { $role } отвечает на любые вопросы.
role-about-editor = { $role } правит ваш текст и объясняет главное.
role-about-translator = { $role } переводит всё, что вы пришлёте.
role-about-teacher = { $role } объясняет по шагам и проверяет, понятно ли.
role-about-programmer = { $role } пишет и чинит код.
role-about-brainstormer = { $role } предлагает много разных идей.
role-about-language-partner = { $role } помогает упражняться в иностранном языке и мягко поправляет.

models-title = 🧠 Модель
models-hint = Кто отвечает в этом чате?
models-default = По умолчанию ({ $model })
models-chosen-gone = ⚠️ Модели, которую вы выбрали, больше нет. Выберите другую.
model-default = по умолчанию
model-strength-everyday = для повседневных вопросов
model-strength-speed = для быстрых ответов
model-strength-depth = для сложных задач
model-price-low = недорогая
model-price-medium = средней цены
model-price-high = дорогая
model-sees = видит фотографии
model-ends = отключается { $day }.{ $month }.{ $year }
model-health-degraded = ⚠️ Сейчас отвечает с перебоями.
model-health-unavailable = ⚠️ Сейчас не отвечает, вместо неё ответит другая.

length-title = 📏 Длина ответов
length-hint = Сколько вам удобно читать? Попросить подробнее или короче можно и прямо в вопросе.
length-short = Коротко, только суть
length-normal = Обычно
length-detailed = Подробно, с примерами

voice-title = 🔊 Голос
voice-hint = Когда отвечать ещё и голосовым сообщением? Текст приходит всегда.
voice-button-never = Никогда
voice-button-to-voice = На голосовые вопросы
voice-button-always = Всегда
voice-when-never = никогда
voice-when-to-voice = на голосовые вопросы
voice-when-always = всегда

display-title = 🖼 Вид ответов
display-hint = Таблицы и формулы показываются оформленными. Если ваш Telegram их не показывает, выберите простой текст.
display-rich = С таблицами и формулами
display-plain = Простым текстом

language-title = 🌐 Язык
language-hint = На каком языке говорят мои кнопки и подсказки? На вопросы я отвечаю на том языке, на котором вы спросили.
language-default = Как в Telegram
language-ru = Русский
language-en = Английский (English)

memory-title = 🗂 Память
memory-empty = Здесь пока пусто: этот разговор ещё не начался.
memory-turns =
    Дословно я помню { $count ->
        [one] { $count } вопрос с ответом
        [few] { $count } вопроса с ответами
       *[many] { $count } вопросов с ответами
    }.
memory-tokens =
    Со следующим вопросом модель прочтёт около { $count ->
        [one] { $count } токена
       *[other] { $count } токенов
    }.
memory-summary = А о том, что было раньше, помню вкратце:
forget-button = 🗑 Забыть разговор
forget-title = 🗑 Забыть этот разговор?
forget-hint = Вернуть его не получится. Сообщения в чате останутся, а настройки не изменятся.
forget-yes-button = Да, забыть
forget-no-button = ‹ Нет, назад
forgotten = Разговор забыт ✅

wishes-title = ✍️ Ваши указания
wishes-hint = Напишите, как вам отвечать и что о вас стоит знать. Я учту это в каждом ответе. Например: «Отвечай без вступлений. Я врач, термины объяснять не нужно».
wishes-now = Учитываю их в каждом ответе:
wishes-write-button = ✍️ Написать
wishes-replace-button = ✍️ Заменить
wishes-delete-button = 🗑 Удалить
wishes-saved = ✅ Запомнил. Учту уже в следующем ответе.
wishes-too-long =
    В указаниях { $count ->
        [one] { $count } знак
        [few] { $count } знака
       *[many] { $count } знаков
    }, а запомнить я могу не больше { $limit }. Сократите их и пришлите ещё раз одним сообщением.
writing-title = ✍️ Жду ваши указания
writing-hint = Пришлите их одним сообщением, не длиннее { $limit } знаков. Я жду 15 минут; любая команда отменяет.
writing-hint-group = Ответьте на это сообщение одним сообщением, не длиннее { $limit } знаков. Я жду 15 минут; любая команда отменяет.

# Разговор и ответ

new-conversation = Начинаем заново: прежний разговор я забыл. О чём поговорим?
stop-button = ⏹ Остановить
stopping = Останавливаю…
nothing-to-stop = Сейчас я ничего не пишу, останавливать нечего.
stale-button = Эта кнопка уже не действует.
stopped-notice = ⏹ Остановлено.
interrupted-notice = ⚠️ Связь с ИИ прервалась, и ответ не дописан.
length-notice = ✂️ Ответ дошёл до предела длины.
continue-button = ▶️ Продолжить
try-again-button = 🔄 Ещё раз
regenerate-button = 🔄 Другой ответ
speak-button = 🔊 Озвучить
good-button = 👍 Полезно
bad-button = 👎 Мимо
good-thanks = Спасибо, рад помочь!
bad-thanks = Спасибо, учту. 🔄 даст другой ответ.
bad-thanks-plain = Спасибо, учту.
feedback-what-was-wrong = Что было не так? Можно выбрать кнопкой, а можно ответить на это сообщение своими словами.
feedback-reason-button = { $reason ->
        [wrong] Ошибка в ответе
        [missed] Не о том
        [length] Не та длина
       *[slow] Долго ждать
    }
feedback-noted = Спасибо, записал
feedback-ask = Что передать команде бота? Напишите следующим сообщением. Если передумали, просто нажмите /help.
feedback-ask-group = Что передать команде бота? Ответьте на это сообщение.
feedback-thanks = Спасибо, передал команде! Если она ответит, я напишу сюда же.
feedback-enough = Сегодня вы прислали уже много отзывов, все они у команды. Новые, пожалуйста, завтра.
feedback-came = 💬 Новый отзыв. Он ждёт в панели, в разделе «Отзывы».
feedback-reply = 💬 Команда бота отвечает на ваш отзыв:
question-forgotten = Этот вопрос я уже не храню. Отправьте его, пожалуйста, ещё раз.
copy-button = 📋 Скопировать
plain-button = 📄 Текстом
stand-in-notice = ↪️ Выбранная модель сейчас недоступна, ответила { $model }.
nothing-to-speak = В этом ответе нечего читать вслух, или я его уже не храню.
answer-forgotten = Этот ответ я уже не храню. Спросите, пожалуйста, ещё раз.
plain-from-now-on = Дальше отвечаю простым текстом. Вернуть можно в /menu.
answer-resent = 🔁 Связь прервалась во время отправки, поэтому это сообщение могло прийти дважды.
nothing-heard = Я ничего не расслышал: похоже, в записи никто не говорит.
not-understood = Такое я пока не понимаю. Пришлите текст, фото, документ или голосовое сообщение, и я отвечу.

# Картинки

# Мольберт

draw-button = 🎨 Нарисовать картинку
picture-hint = 💡 Чем подробнее описание, тем точнее картинка: что изображено и где, свет, настроение, стиль. Кнопка «Улучшить описание» поможет.
picture-change-how = Что изменить на этой картинке? Ответьте на неё и напишите, например: «убери фон» или «нарисуй её в стиле акварели».
easel-ask = 🎨 Что нарисовать?
easel-hints =
    Опишите одним сообщением. Хорошо, если понятно:
    • кто или что на картинке и что происходит;
    • где и когда: место, время суток, погода;
    • какой свет и настроение;
    • откуда мы смотрим: крупно, издалека, сверху.
easel-or-example = Или возьмите пример:
easel-example-1 = Рыжий кот читает газету в уютном кафе, утренний свет
easel-example-2 = Маяк на скале в шторм, вид с моря, драматичное небо
easel-example-3 = Город будущего на рассвете, сады на крышах, вид сверху
easel-title = 🎨 Нарисую так:
easel-improved = ✨ Улучшенное описание:
easel-own = Ваши слова:
easel-manner = Стиль: { $style }. Формат: { $ratio }.
easel-draw-button = 🎨 Нарисовать
easel-mine-button = ↩️ Вернуть мои слова
easel-improving = ✨ Улучшаю описание…
easel-forgotten = Описания здесь больше нет. Начните заново: /img
easel-closed = Мольберт убран. Достать снова: /img

picture-drawing = 🎨 Рисую…
picture-stopped = ⏹ Рисование отменено.
picture-from = ↩️ Из версии { $number }
picture-stand-in = ↪️ Другая модель сейчас недоступна, нарисовала { $model }.
picture-vary-button = 🎲 Ещё вариант
picture-edit-button = ✏️ Изменить
picture-style-button = 🎨 Стиль
picture-format-button = ▭ Формат
picture-improve-button = ✨ Улучшить описание
picture-original-button = 📄 Оригинал
picture-copy-button = 📋 Описание
picture-already-drawing = Уже рисую…
picture-first = Это первая версия.
picture-last = Это последняя версия.
picture-here = Версия { $number } из { $count }.
picture-sending-original = Отправляю файл без сжатия…
picture-edit-ask = ✏️ Что изменить на этой картинке? Напишите одним сообщением, например: «сделай фон ночным». Я жду 15 минут; любая команда отменяет.
picture-edit-ask-group = Ответьте на эту картинку сообщением и напишите, что изменить.
picture-gone = Этой картинки у меня больше нет: срок хранения истёк. Нарисуйте новую, это быстро.
picture-rejected = Такое нарисовать нельзя: сработали правила безопасности ИИ. Опишите картинку иначе.
picture-not-understood = Нарисовать это не получилось. Опишите картинку иначе, например короче.
picture-misconfigured = Рисовать сейчас не получается: бот настроен неверно. Сообщите об этом администратору бота.
picture-unfinished = Картинка не успела дорисоваться. Попробуйте ещё раз.
picture-too-many-at-once =
    { $count ->
        [1] Я уже рисую вам картинку. Дождитесь её и нажмите «Ещё раз».
        [one] Я уже рисую вам { $count } картинку сразу. Дождитесь одной из них и нажмите «Ещё раз».
        [few] Я уже рисую вам { $count } картинки сразу. Дождитесь одной из них и нажмите «Ещё раз».
       *[many] Я уже рисую вам { $count } картинок сразу. Дождитесь одной из них и нажмите «Ещё раз».
    }
picture-series-full = У этой картинки уже слишком много версий. Начните новую: опишите её заново.
pictures-forbidden = В этом чате мне нельзя присылать картинки. Попросите администратора разрешить их или нарисуйте в личном чате со мной.
style-any = ✨ Любой
style-photo = 📷 Фото
style-painting = 🖼 Живопись
style-watercolor = 💧 Акварель
style-pencil = ✏️ Карандаш
style-anime = 🌸 Аниме
style-render = 🧊 3D-модель
style-pixel = 👾 Пиксели
ratio-square = ◻️ 1:1 квадрат
ratio-landscape = ▭ 3:2 альбом
ratio-portrait = ▯ 2:3 портрет
ratio-wide = 🖥 16:9 экран
ratio-tall = 📱 9:16 телефон

# Документы

document-reading = 📄 Читаю «{ $name }»…
document-reading-pages = 📄 Читаю «{ $name }»… { $count } из { $total }
document-recognising = 🔎 Распознаю «{ $name }»… { $count } из { $total }
document-stopped = ⏹ Чтение отменено.
document-studying = ⏳ Изучаю документ: { $count } из { $total }
document-format = { $format ->
    [docx] Word
    [txt] Текст
    [md] Markdown
    [xlsx] Excel
    [pptx] PowerPoint
    [epub] Книга EPUB
    [image] Изображение
    [csv] CSV
    [html] HTML
    [rtf] RTF
    [odt] ODT
    [pdf] PDF
   *[other] Файл
 }
document-size = { $unit ->
    [slide] { $count ->
        [one] { $count } слайд
        [few] { $count } слайда
       *[many] { $count } слайдов
    }
    [sheet] { $count ->
        [one] { $count } лист
        [few] { $count } листа
       *[many] { $count } листов
    }
    [part] { $count ->
        [one] { $count } часть
        [few] { $count } части
       *[many] { $count } частей
    }
   *[page] { $count ->
        [one] { $count } страница
        [few] { $count } страницы
       *[many] { $count } страниц
    }
 }
document-language = { $code ->
    [ru] русский
    [en] английский
    [uk] украинский
    [be] белорусский
    [kk] казахский
    [de] немецкий
    [fr] французский
    [es] испанский
    [it] итальянский
    [pl] польский
    [zh] китайский
    [ar] арабский
    [he] иврит
   *[other] язык: { $code }
 }
document-recognised = { $count ->
    [one] распознана { $count } страница
    [few] распознано { $count } страницы
   *[many] распознано { $count } страниц
 }
document-outline = Содержание:
document-ask = { $count ->
    [1] Спрашивайте дальше – отвечаю по этому документу.
   *[other] Спрашивайте дальше – отвечаю по этим документам.
 }
document-ask-group = { $count ->
    [1] Чтобы спросить об этом документе, ответьте на это сообщение.
   *[other] Чтобы спросить об этих документах, ответьте на это сообщение.
 }
document-page-button = { $unit ->
    [slide] слайд { $number }
    [sheet] лист { $number }
    [part] часть { $number }
   *[page] стр. { $number }
 }
document-page-opening = Открываю…
document-button = 📄 О документе
document-enter-button = { $count ->
    [1] 📄 По документу
   *[other] 📄 По документам
 }
document-leave-button = 💬 Обычный чат
document-entered = { $count ->
    [1] Отвечаю по документу. Спрашивайте.
   *[other] Отвечаю по документам. Спрашивайте.
 }
document-left = Снова обычный разговор. К документам вернёт кнопка под ответом или /docs.
document-marked = Документ отмечен. Чтобы спросить о нём, ответьте на список документов: /docs.
document-key-button = 🔑 Ввести пароль
document-password-ask = Жду пароль следующим сообщением. Я прочту его и сразу удалю.
document-password-ask-group = Ответьте паролем на это сообщение. Надёжнее прислать документ мне в личный чат: там пароля никто не увидит.
document-locked = закрыт паролем. Пришлите его отдельно.
document-forgotten = Этот файл я уже не храню. Пришлите его, пожалуйста, ещё раз.
documents-button = 📚 Документы
documents-title = 📚 Ваши документы: { $count }
documents-none = Здесь пока пусто. Пришлите PDF, Word, таблицу, презентацию или фото страницы, и я отвечу на вопросы по ним с номерами страниц.
documents-hint = Отметьте, о чём спрашивать: отвечаю по отмеченным ✅. Если не отмечено ничего, это обычный разговор.
documents-hint-group = Отметьте документы и спросите о них, ответив на это сообщение.
documents-enough = Сразу можно спрашивать не больше чем о { $limit } документах. Снимите отметку с других.
documents-only-admins = Переименовывать и удалять документы группы могут только её администраторы.
documents-closed = Список закрыт. Открыть снова: /docs
document-only-button = 💬 Спросить об этом
document-name-button = ✏️ Переименовать
document-drop-button = 🗑 Удалить
document-drop-title = 🗑 Удалить «{ $title }»?
document-drop-hint = Удалится всё: файл, текст и заметки к нему. Вернуть не получится, но файл можно прислать снова.
document-gone-button = Да, удалить
document-deleted = Документ удалён ✅
document-named = ✅ Переименовал.
document-name-ask = ✏️ Как назвать документ? Пришлите название одним сообщением. Я жду 15 минут; любая команда отменяет.
document-name-ask-group = ✏️ Как назвать документ? Ответьте на это сообщение названием. Я жду 15 минут; любая команда отменяет.

# В любом чате: @бот вопрос

inline-ask = Спросить
inline-waiting = ❓ { $question }

    ⏳ Пишу ответ…
inline-wait-button = ⏳ Ответ пишется
inline-wait = Ответ появится здесь через несколько секунд.
inline-cut = ✂️ Остальное не поместилось: здесь ответ занимает одно сообщение. Целиком я отвечу в личном чате.
inline-hint = Спросите что-нибудь
inline-hint-how = Напишите вопрос после имени бота, и ответ появится прямо в этом чате.

# Меню команд

command-start = Что я умею
command-new = Новый разговор
command-stop = Остановить ответ
command-menu = Настройки
command-roles = Кем мне быть
command-models = Какая модель отвечает
command-instructions = Ваши указания, как отвечать
command-memory = Что я помню
command-voice = Ответы голосом
command-language = Язык бота
command-img = Нарисовать картинку
command-docs = Ваши документы
command-usage = Сколько осталось и когда обновится
command-feedback = Написать команде бота
command-export = Что я о вас храню: файлом
command-forget = Забыть обо мне всё

# Что хранится о человеке

privacy-in-private = Это касается только вас: напишите мне в личный чат.
export-ready = Всё, что я о вас храню: настройки, разговоры и отзывы, а документы, картинки и видео – списком. Сами файлы – в /docs, /videos и в чате.
erasure-question =
    Забыть о вас всё? Я сотру разговоры, документы, картинки, видео, отзывы и настройки этого чата, а в статистике не останется ничего, что ведёт к вам. Вернуть это будет нельзя.

    Сообщения в самом Телеграме останутся: их можно удалить там. Разговоры в группах общие, они сохранятся. Перед этим можно забрать всё файлом: /export.
erasure-yes-button = 🗑 Да, забыть всё
erasure-no-button = Оставить как есть
erasure-done = Готово: я больше ничего о вас не помню. Если напишете, познакомимся заново.
erasure-kept = Хорошо, всё осталось как было.
command-help = Подсказка
bot-short-description = Отвечаю на вопросы, пишу, перевожу, объясняю и программирую. Понимаю текст, голос, фото и документы.
bot-description =
    Спросите о чём угодно: текстом, голосом или с фотографией.

    • Пришлите документ: отвечу по нему и покажу страницу.
    • Ответ появляется сразу, пока пишется, и его можно остановить.
    • Я помню разговор, пока вы не начнёте новый.
    • Роль, модель и длину ответов выбираете вы.

# Ошибки: что случилось и что делать. $wait – «через 5 минут» или «чуть позже»

error-invalid-request = Этот запрос не получилось обработать. Напишите его иначе, например короче.
error-model-not-found = Выбранная модель больше недоступна. Выберите другую: /models. Если её нет в списке, напишите администратору бота.
error-content-rejected = На этот вопрос ИИ отказался отвечать: сработали его правила безопасности. Попробуйте спросить иначе.
error-quota-exceeded = { $quota ->
    [documents] Здесь уже { $limit } документов, больше я не сохраню. Удалите ненужные: /docs.
    [document_bytes] Документы здесь заняли всё отведённое место. Удалите ненужные: /docs.
    [document_store_bytes] У бота закончилось место для документов. Сообщите об этом администратору бота.
   *[other] { $scope ->
        [group] Лимит этой группы исчерпан. Он обновится { $wait }. В личном чате у вас свой лимит: /usage.
        [total] Общий лимит бота исчерпан. Он обновится { $wait }; ваш собственный при этом цел: /usage.
       *[user] Ваш лимит исчерпан. Он обновится { $wait }. Что осталось: /usage. Нужно больше – напишите администратору бота.
    }
 }
error-provider-rate-limited = К ИИ сейчас слишком много запросов. Попробуйте { $wait }.
error-provider-unavailable = ИИ сейчас не отвечает. Попробуйте { $wait }.
error-provider-misconfigured = Ответить не получается: бот настроен неверно. Сообщите об этом администратору бота.
error-provider-interrupted = Связь с ИИ прервалась. Отправьте вопрос ещё раз { $wait }.
error-provider-out-of-funds = У бота закончились средства на оплату ИИ. Попробуйте { $wait } или сообщите администратору бота.
error-provider-unsupported-country = ИИ не работает в стране, где находится сервер бота. Сообщите об этом администратору бота.
error-context-too-long = Разговор стал слишком длинным. Начните новый командой /new или пришлите текст короче.
error-resource-not-found = { $resource ->
    [document] Этого документа у меня нет: он удалён, не прочитан или слишком долго не был нужен. Пришлите его ещё раз.
    [file] Telegram больше не отдаёт этот файл. Пришлите его, пожалуйста, ещё раз.
   *[other] Этого больше нет: возможно, срок хранения истёк. Начните новый разговор командой /new.
 }
error-internal = Ошибка на моей стороне. Попробуйте { $wait }; если не поможет, напишите администратору бота.
error-service-unavailable = Часть бота сейчас перезапускается. Попробуйте { $wait }.
error-deadline-exceeded = Ответ не успел прийти вовремя. Попробуйте ещё раз { $wait } или разбейте вопрос на части.
error-submission-unknown = Неизвестно, приняли ли заказ на видео: связь прервалась в самый неудобный момент. Чтобы не заплатить дважды, сам я его не повторяю. Лимит возвращён; закажите ещё раз, когда захотите.
error-permission-denied = Для этого нужна другая роль. Её может дать владелец бота.
error-job-expired = Видео не успели сделать вовремя. Лимит возвращён; попробуйте заказать ещё раз.
error-unsupported-document = { $problem ->
    [unknown_format] Такие файлы я не читаю. Умею читать PDF, Word, текст, Markdown, CSV, Excel, PowerPoint, HTML, RTF, ODT, EPUB и фотографии страниц.
    [empty] В этом документе нет текста.
    [password_needed] Документ закрыт паролем. Ответьте на это сообщение паролем.
    [password_wrong] Пароль не подошёл. Ответьте на это сообщение верным паролем.
    [too_large] Файл слишком большой: пришлите не больше { $limit } МБ.
    [too_many_pages] В документе слишком много страниц: можно не больше { $limit }.
    [too_much_text] В документе слишком много текста. Пришлите его часть.
    [too_deep] У документа слишком глубокая вложенность, поэтому я его не открываю.
    [archive_bomb] Файл распаковывается в гораздо больший, чем должен, поэтому я его не открываю.
    [too_slow] Чтение документа заняло слишком много времени. Пришлите его часть.
    [too_much_memory] Для чтения документа нужно слишком много памяти. Пришлите его часть.
    [ocr_missing] Это скан, а распознавание текста здесь не установлено. Сообщите об этом администратору бота.
   *[broken] Документ не удаётся прочитать: похоже, файл повреждён.
 }
error-unsupported-image = { $problem ->
    [not_an_image] Этот файл — не картинка, с которой я умею работать. Пришлите JPEG, PNG или WebP.
    [too_large] Картинка слишком большая: пришлите файл не больше { $limit } МБ.
    [too_many_pixels] В картинке слишком много точек: можно не больше { $limit } мегапикселей.
    [animated] С движущимися картинками я не работаю. Пришлите неподвижную: JPEG, PNG или WebP.
    [too_many] Слишком много картинок сразу: можно не больше { $limit }.
   *[broken] Картинку не удаётся прочитать: похоже, файл повреждён. Пришлите её ещё раз.
 }

# Администраторам: что требует человека

alert-vendor-of-pictures = { $vendor } (картинки)
alert-other-answers = ⚠️ { $vendor }: { $trouble }. Пока отвечает { $standby }.
alert-nobody-answers = 🛑 { $vendor }: { $trouble }. Заменить его некому, пользователи остаются без ответа.
alert-recovered = ✅ { $vendor } снова отвечает.
alert-raised =
    { $kind ->
        [error-rate] 🛑 Не удаётся { $value } % запросов за последние 15 минут. Подробности: /admin → «Недавние ошибки».
        [video-queue] ⚠️ Видео стоят в очереди уже { $value } мин. Проверьте, работает ли video-worker.
        [dead-letters] ⚠️ События статистики, которые не удалось записать: { $value }.
        [disk] ⚠️ Диск статистики занят на { $value } %.
       *[usage-lag] ⚠️ Статистика отстаёт на { $value } мин: ClickHouse не принимает записи. Ничего не теряется, пока он не вернётся.
    }
alert-cleared =
    { $kind ->
        [error-rate] ✅ Запросы снова удаются.
        [video-queue] ✅ Очередь видео снова движется.
        [dead-letters] ✅ Незаписанных событий статистики больше нет.
        [disk] ✅ На диске статистики снова есть место.
       *[usage-lag] ✅ Статистика снова пишется вовремя.
    }
alert-open-button = Открыть в панели
trouble-out-of-funds = на счёте закончились деньги, пополните его
trouble-misconfigured = не принимает наш ключ или настройки, проверьте их
trouble-unsupported-country = не обслуживает страну сервера, нужен прокси
trouble-model-not-found = модели { $model } больше нет, выберите другую в настройках
trouble-rate-limited = ограничивает нас уже несколько минут, поднимите лимит
trouble-unavailable = не отвечает уже несколько минут

# Через сколько

wait-unknown = чуть позже
wait-seconds =
    через { $count ->
        [one] { $count } секунду
        [few] { $count } секунды
       *[many] { $count } секунд
    }
wait-minutes =
    через { $count ->
        [one] { $count } минуту
        [few] { $count } минуты
       *[many] { $count } минут
    }
wait-hours =
    через { $count ->
        [one] { $count } час
        [few] { $count } часа
       *[many] { $count } часов
    }
wait-days =
    через { $count ->
        [one] { $count } день
        [few] { $count } дня
       *[many] { $count } дней
    }

# Видео

command-video = Снять видео
command-videos = Ваши видео
video-button = 🎬 Снять видео
picture-animate-button = 🎬 Оживить
video-ask = 🎬 Что снять? Опишите одним сообщением: кто или что в кадре, что происходит, как движется камера. Я жду 15 минут; любая команда отменяет.
video-choice = { $model } · { $seconds } с
video-cost = 💳 Около { $cost }
video-left-today = Сегодня осталось: { $seconds } с видео
video-taking = ⏳ Принимаю заказ…
video-edited = Видео уже заказано по прежним словам. Чтобы снять по новым, отправьте их отдельным сообщением.
video-queued = ⏳ Видео в очереди, место { $place }.
video-making = 🎬 Снимаю видео…
video-minutes = { $count ->
    [one] Примерно { $count } минута.
    [few] Примерно { $count } минуты.
   *[many] Примерно { $count } минут.
}
video-cancelling = ⏹ Отменяю…
video-cancelled = ⏹ Видео отменено.
video-retry-button = 🔄 Заказать ещё раз
video-again-button = 🎲 Ещё вариант
video-longer-button = ⏱ Длиннее
video-format-button = ▭ Формат
video-file-button = 📄 Файлом
video-show-button = ▶️ Показать
video-drop-button = 🗑 Удалить
video-seconds = { $count } с
video-ratio-wide = 16:9, широкое
video-ratio-tall = 9:16, высокое
video-ratio-square = 1:1, квадрат
video-stand-in = ↪️ Выбранная модель сейчас недоступна, сняла другая.
video-state-pending = в очереди
video-state-running = снимается, { $percent } %
video-state-succeeded = готово
video-state-failed = не получилось
video-state-cancelled = отменено
video-not-yours = Отменить видео может тот, кто его заказал.
video-longest = Длиннее эта модель не снимает.
video-gone = Этого видео у меня больше нет: срок хранения истёк. Закажите новое.
video-rejected = Такое снять нельзя: сработали правила безопасности ИИ. Лимит возвращён; опишите видео иначе.
video-not-understood = Снять это не получилось. Опишите видео иначе, например короче.
video-misconfigured = Снимать сейчас не получается: бот настроен неверно. Сообщите об этом администратору бота.
video-unfinished = Видео не получилось: ИИ не довёл его до конца. Лимит возвращён; можно заказать ещё раз.
video-too-many-at-once = { $count ->
    [one] Одно видео уже снимается. Дождитесь его или отмените: /videos
    [few] Уже снимаются { $count } видео. Дождитесь одного из них или отмените: /videos
   *[many] Уже снимаются { $count } видео. Дождитесь одного из них или отмените: /videos
}
video-enough-today = На сегодня видео хватит: заказано { $used } с из { $limit }. Завтра лимит обновится.
video-file-too-large = Файл больше 50 МБ, а крупнее Telegram ботам отправлять не разрешает. В чате стоит уменьшенная копия.
video-file-link = 📄 Файл слишком большой для Telegram. Скачать можно по этой ссылке, она действует { $hours } ч:
    { $address }
video-deleted = Видео удалено ✅
video-of-picture = Ожившая картинка
videos-title = 🎬 Ваши видео: { $count }
videos-none = Видео пока нет. Напишите «сними …» или /video и описание; на картинку ответьте словом «оживи».
videos-closed = Список закрыт. Открыть снова: /videos
alert-vendor-of-videos = { $vendor } (видео)
alert-video-unknown = ⚠️ Видео: связь с { $vendor } прервалась при заказе, и неизвестно, принят ли он. Бот его не повторяет, лимит возвращён. Задание: { $job }
alert-video-dead = ⚠️ Видео: задание { $job } не удалось довести до конца. Подробности в журнале сервиса video.

## ---- Панель администраторов

admin-menu = ⚙️ Управление ботом
admin-mode = 🔧 Кому бот отвечает
admin-mode-maintenance = 🛠 Идёт обслуживание: всем, кроме админов, бот отвечает, что скоро вернётся.
admin-mode-allow-list = 🔒 Бот отвечает только тем, кто в списке.
admin-button = { $name ->
    [today] 📊 За сутки
    [panel] 🖥 Панель
    [refresh] Обновить
    [person] 👤 Человек
    [mode] 🔧 Режим
    [maintenance-on] Начать обслуживание
    [maintenance-off] Закончить обслуживание
    [allow-list-on] Отвечать только по списку
    [allow-list-off] Отвечать всем
    [ban] ⛔ Забанить
    [unban] Разбанить
    [allow] Внести в список
    [disallow] Убрать из списка
    [limits] 🎚 Лимиты
    [limit-usual] Как у всех
    [focus] Включить в фокус-группу
    [unfocus] Убрать из фокус-группы
    [reply] ✍️ Ответить
    [close] Закрыть
    [next] Дальше ›
   *[back] ‹ Назад
 }
admin-button-plan = План { $plan }
admin-button-no-plan = Без плана
admin-button-alerts = { $count ->
    [0] ✅ Тревог нет
   *[other] 🚨 Тревоги ({ $count })
 }
admin-button-letters = 💬 Отзывы ({ $count })
admin-alerts = 🚨 Что требует внимания
admin-alerts-none = ✅ Всё в порядке: ничто не требует внимания.
admin-alert-age = { $unit ->
    [minutes] { $count ->
        [0] только что
       *[other] { $count } мин назад
     }
   *[hours] { $count } ч назад
 }
admin-alert-place = { $kind ->
    [error-rate] Ошибки ›
    [video-queue] Очередь видео ›
    [disk] Обзор ›
   *[quality] Качество данных ›
 }
admin-person-ask = О ком речь? Пришлите Telegram-id или перешлите сообщение этого человека.
admin-person-unknown = Такого id нет. Он состоит из цифр; если человек скрыл себя в пересланных сообщениях, узнать его нельзя.
admin-person = 👤 { $id }, план: { $plan }
admin-person-state = { $state ->
    [banned] ⛔ Забанен
    [allowed] ✅ В списке тех, кому отвечают
   *[focus] 🔬 В фокус-группе
 }
admin-limits = 🎚 Лимиты { $id }. { $count ->
    [0] Ничто не ограничено: задать лимит можно в панели.
   *[other] Нажмите на тот, который надо изменить.
 }
admin-limit =
    🎚 { $id }
    { $what }: лимит { $limit }, потрачено { $used }.

    Каким ему быть?
admin-letters-none = 💬 Все отзывы разобраны.
admin-letter = 💬 { $number } из { $count } · { $id } { $about }
admin-reply-ask = Что ответить? Следующее ваше сообщение бот передаст от имени команды.
admin-reply-sent = Передаю. Отзыв отмечен отвеченным.
admin-in-private = Спросите меня об этом в личном чате: ссылка откроет панель только вам.
admin-link =
    Панель откроется один раз по этой ссылке, в ближайшие минуты:

    { $url }
admin-doors = Панель. Ссылка откроет её один раз, в ближайшие минуты; никому её не передавайте.
admin-open-app = 📊 Открыть здесь
admin-open-browser = Открыть в браузере

stats-in-private = Спросите об этом в нашем личном чате: цифры — только для вас.
stats-title = 📊 { $period ->
    [day] За сутки
    [week] За 7 дней
   *[month] За 30 дней
 }, в сравнении с таким же сроком перед этим
stats-period-day = Сутки
stats-period-week = 7 дней
stats-period-month = 30 дней
stats-figure = { $figure ->
    [requests] Запросы
    [success] С ответом
    [users] Люди
    [waiting] Ожидание, p95
    [first_token] Первое слово, p95
    [spend] Расходы
    [videos] Видео
   *[satisfaction] Довольны
 }: { $value }
stats-seconds = { $number } с

# Лимиты: $what – что считается, $left – сколько осталось

usage-title = Сколько вам ещё доступно:
usage-nothing = Лимитов для вас нет, и пока вы ничего не потратили.
usage-measure = { $measure ->
    [messages] 💬 Сообщения
    [pictures] 🖼 Картинки
    [pages] 📄 Страницы
    [video_seconds] 🎬 Секунды видео
   *[other] 💵 Деньги
 } { $period ->
    [day] за день
   *[other] за месяц
 }
usage-limited = { $what }: осталось { $left } из { $limit }, обновится { $renews }
usage-unlimited = { $what }: потрачено { $used }, без лимита
not-answered = { $why ->
    [maintenance] 🔧 Я ненадолго на обслуживании. Загляните, пожалуйста, чуть позже.
    [stranger] Этот бот пока открыт не для всех. Попросите доступ у его администратора.
   *[other] Слишком много сообщений сразу. Подождите, пожалуйста, секунд десять и напишите снова.
 }
