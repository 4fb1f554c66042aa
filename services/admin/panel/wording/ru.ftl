## Рамка
skip = К содержанию
menu = Меню
leave = Выйти
cancel = Отмена
confirm = Да, выполнить
choose-language = Язык
choose-theme = Цвета
theme-auto = Как в системе
theme-light = Светлая
theme-dark = Тёмная
older = Раньше
latest = К последним
nothing-yet = Здесь пока пусто.
role-owner = владелец
role-operator = оператор
role-analyst = аналитик
role-nobody = без роли
section-figures = Показатели
section-people = Люди
section-work = Работа
section-house = Хозяйство

## Двери
enter = Войти
enter-how = Чтобы войти, отправьте боту /admin: он пришлёт ссылку, которая откроет панель один раз.
enter-refused = Ссылка уже использована, устарела или принадлежит человеку без роли. Попросите у бота новую: /admin.
enter-must-wait = Слишком много неудачных попыток. Подождите десять минут и попросите у бота новую ссылку.
enter-waiting = Открываю панель…
enter-by-telegram = Эта страница открывается в Telegram: отправьте боту /admin и нажмите кнопку.
to-the-start = В начало
failed-400 = Не получилось понять запрос. Вернитесь и проверьте, что вы ввели.
failed-403 = Этого делать нельзя: не хватает роли или страница была открыта слишком долго. Загрузите её заново.
failed-404 = Здесь ничего нет, или уже нет.
failed-409 = Сейчас это невозможно.
failed-429 = Слишком много сразу. Попробуйте через минуту.
failed-500 = У нас что-то сломалось. Подробности в журнале.
failed-503 = Одна из служб сейчас не отвечает. Попробуйте через минуту.
failed-504 = Это заняло слишком много времени. Сузьте запрос или попробуйте ещё раз.

## Таблицы
column-time = Время, UTC
column-who = Кто
column-deed = Действие
column-details = Подробности
column-outcome = Итог
column-door = Вход
column-seen = Был
column-browser = Откуда

## Страницы
page-home = Начало
page-audit = Журнал
about-audit = Что делали администраторы. Хранится 400 дней, изменить нельзя.
outcome-done = сделано
outcome-unknown = неизвестно
page-settings = Настройки
about-settings = Кто сейчас в панели и то, что касается всего бота.
sessions-title = Кто в панели
sessions-about = Сессия без дела заканчивается сама. Завершите те, которых не знаете.
this-session = эта
door-link = ссылка
door-mini_app = Telegram
end-session = Завершить
end-session-sure = Завершить сессию? Её владельцу придётся войти заново.
done-session-ended = Сессия завершена.
