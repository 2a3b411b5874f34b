"""What we say: messages, buttons, sentences in every language. Knows no Telegram and no SQL."""
