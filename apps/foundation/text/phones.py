"""Phone numbers as people read them out. Pure."""

import phonenumbers


def pretty_phone(e164: str) -> str:
    """`+33 6 12 34 56 78`: as people read it out."""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
