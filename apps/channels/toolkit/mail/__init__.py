"""Mails, whatever their senders made of them: `headers`, `bodies`, `bounces`, all three in one event (`message`); whose
mail it is (`parties`), and whether the address is theirs (`authentication`). Pure."""
