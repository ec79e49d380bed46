"""What systems send where they know nobody. Joining on one would make strangers one person: they name nobody, in
whatever kind of identifier and from whichever source. Pure functions over one list.

Compared are letters and digits alone, without case and accents: `[object Object]`, `not_authenticated` and `N/A` are
`objectobject`, `notauthenticated` and `na`.
"""

import hashlib
import re
import unicodedata

WORDS = """
    null nil none nan na nv nd inf infinity undefined undef unset notset notdefined notavailable notapplicable
    notprovided notprov noneprovided notfound notgiven missing empty blank void unknown unbekannt inconnu desconocido
    desconhecido sconosciuto onbekend okand unidentified anonymous anonymoususer anonymousvisitor anon anonym anonyme
    anonimo anonymus guest guests guestuser guestcustomer guestcheckout gast gastkunde invite invitado convidado ospite
    unregistered notregistered notauthenticated unauthenticated notloggedin loggedout notloggedon nouser nouserid noid
    nocustomer nologin visitor user users username userid customer customerid clientid client distinctid anonymousid
    visitorid deviceid id uid uuid guid email emailaddress mail phone phonenumber name login default test tests testuser
    testing tester dummy fake sample example placeholder string object objectobject objectnull objectundefined array
    function symbol promise true false yes no on off ja nein oui non si keine keineangabe ka tbd tba todo xxx xxxx asdf
    ref value error div0 nomail noemail nophone donotuse deleted removed redacted
"""
NOBODY = frozenset(WORDS.split())
# Numbers and ids that stand for no number and no id; the last is what many telephones of 2010 took for their own.
RAW = frozenset(
    {
        "-1", "-2", "-9", "-99", "-999", "-9999", "0.0", "0x0", "?", "??", "???", "-", "--", "---", ".", "..", "...",
        "ffffffff-ffff-ffff-ffff-ffffffffffff", "02:00:00:00:00:00", "9774d56d682e549c",
    }
)  # fmt: skip
# A template that was never filled in: `{{user_id}}`, `${user.id}`, `%USER_ID%`, `*|EMAIL|*`, `<user id>`, `[[email]]`.
# In single brackets only words without digits: ids stand in them too.
UNFILLED = re.compile(
    r"\{\{[^{}]{0,80}\}\}|\$?\{[A-Za-z_][A-Za-z_. ]{0,60}\}|%{1,2}[A-Za-z_]{2,60}%{1,2}|\*\|[^|]{0,80}\|\*"
    r"|<[A-Za-z_][A-Za-z_. ]{0,60}>|\[\[[^\[\]]{0,80}\]\]"
)
# Local parts of addresses that are nobody's: where machines write from, and what people type to be left alone.
MACHINES = """
    noreply donotreply dontreply notreply nepasrepondre keineantwort noresponder nomail noemail nobody noone invalid
    notanemail
"""
UNREAD = frozenset(MACHINES.split())
NO_DOMAINS = re.compile(
    r"(?:^|\.)(?:invalid|localhost)$|^(?:example|test)\.test$|^(?:none|null|undefined|nomail|noemail)\."
)
DIGESTS = frozenset(
    hashlib.new(name, word.encode(), usedforsecurity=False).hexdigest()
    for name in ("md5", "sha1", "sha256")
    for word in ("", "null", "None", "undefined")
)
# Words that name nobody by themselves, and somebody in an address: `mail@` of a small company is read by its owner.
IN_ADDRESSES = """
    mail email phone name login id customer client user users visitor na nan no on off ja si ka nv nd yes true
    error value ref invite default nil tester ospite gast anon void blank object array symbol promise function
    string
"""
NAMED = frozenset(IN_ADDRESSES.split())
LONGEST = 60  # characters of a placeholder
WHOLE = RAW | DIGESTS | NOBODY
NOBODYS = NOBODY - NAMED
ENDS = frozenset("}%*>]")  # of what is unfilled


def names_nobody(value: str) -> bool:
    """Whether a value, whatever it should be, is a placeholder."""
    if not value.strip("0-_ .:"):
        return True
    if len(value) > LONGEST + 30:
        return False
    lower = value.lower()
    if lower in WHOLE:
        return True
    if lower.isalnum() and lower.isascii():
        return False
    return _letters(lower) in NOBODY or (value[-1] in ENDS and bool(UNFILLED.fullmatch(value)))


def is_nobodys(address: str) -> bool:
    """Whether an e-mail address is a placeholder or reaches nobody who reads it."""
    local, _at, domain = address.rpartition("@")
    letters = _letters(local)
    bare = letters.rstrip("0123456789") if letters.startswith("test") else letters
    unread = bare in UNREAD or letters.startswith(("noreply", "donotreply"))
    return not letters or unread or bare in NOBODYS or bool(NO_DOMAINS.search(domain))


# Words that name nobody by themselves, and somebody in an address: who reads `mail@` of a small company is its owner.
def _letters(value: str) -> str:
    if not value.isascii():
        value = "".join(char for char in unicodedata.normalize("NFKD", value) if not unicodedata.combining(char))
    return re.sub(r"[\W_]+", "", value.lower())
