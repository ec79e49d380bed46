"""How a name may have been meant that was typed with one mistake. Pure."""

import unicodedata

SHORTEST = 4  # letters: of shorter names too many are like each other
BEGUN = 6  # letters from which the beginning of a name is enough


def one_edit_away(word: str) -> list[str]:
    """Patterns (LIKE) of names with a word that is this one but for a letter: another, one too many, one missing, or
    two in each other's place. Of long words their beginning; none for what is too short, or no word."""
    letters = unicodedata.normalize("NFC", word).lower()
    if len(letters) < SHORTEST or not letters.isalpha():
        return []
    ends = ("%",) if len(letters) >= BEGUN else ("", " %")
    return [
        f"{before}{meant}{end}" for meant in dict.fromkeys(_meant(letters)) for before in ("", "% ") for end in ends
    ]


def _meant(letters: str) -> list[str]:
    places = range(len(letters))
    another = [f"{letters[:at]}_{letters[at + 1 :]}" for at in places]
    too_many = [f"{letters[:at]}{letters[at + 1 :]}" for at in places]
    missing = [f"{letters[:at]}_{letters[at:]}" for at in (*places, len(letters))]
    swapped = [f"{letters[:at]}{letters[at + 1]}{letters[at]}{letters[at + 2 :]}" for at in places[:-1]]
    return another + too_many + missing + swapped
