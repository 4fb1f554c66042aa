"""Google's Gemini API: account, connection, errors."""
