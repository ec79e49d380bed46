"""The check digit of card numbers, to make some."""


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1 annex B."""
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (doubled + sum(int(digit) for digit in digits[-1::-2])) % 10 == 0
