"""The built-in Telegram: a small Bot API server, a page with two telephones, and a clock that moves."""
