-- title: Languages and chats
-- answers: In which languages and kinds of chats is the bot used?
-- parameters: from, until
SELECT language, chat_type, count() AS requests, uniqExactIf(user_key, user_key != 0) AS users
FROM v_requests
WHERE ts >= {from:DateTime} AND ts < {until:DateTime}
GROUP BY language, chat_type
ORDER BY requests DESC, language, chat_type
