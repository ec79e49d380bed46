"""Country names as exports write them, as ISO 3166-1 alpha-2 codes. Pure functions."""

from functools import lru_cache
from typing import Any

# Code: ISO alpha-3, then the names in English, German, French and Spanish where they differ.
NAMES = {
    "AR": "ARG/Argentina/Argentinien/Argentine", "AT": "AUT/Austria/Österreich/Autriche",
    "AU": "AUS/Australia/Australien/Australie", "BE": "BEL/Belgium/Belgien/Belgique/Bélgica",
    "BG": "BGR/Bulgaria/Bulgarien/Bulgarie", "BR": "BRA/Brazil/Brasilien/Brésil/Brasil/Brasil",
    "CA": "CAN/Canada/Kanada/Canadá", "CH": "CHE/Switzerland/Schweiz/Suisse/Suiza",
    "CL": "CHL/Chile/Chili", "CN": "CHN/China/Chine", "CO": "COL/Colombia/Kolumbien/Colombie",
    "CZ": "CZE/Czechia/Czech Republic/Tschechien/Tchéquie/República Checa/Chequia",
    "DE": "DEU/Germany/Deutschland/Allemagne/Alemania", "DK": "DNK/Denmark/Dänemark/Danemark/Dinamarca",
    "EE": "EST/Estonia/Estland/Estonie", "ES": "ESP/Spain/Spanien/Espagne/España",
    "FI": "FIN/Finland/Finnland/Finlande/Finlandia", "FR": "FRA/France/Frankreich/Francia",
    "GB": "GBR/United Kingdom/UK/Great Britain/England/Scotland/Wales/Großbritannien/Vereinigtes Königreich/"
          "Royaume-Uni/Reino Unido",
    "GR": "GRC/Greece/Griechenland/Grèce/Grecia", "HR": "HRV/Croatia/Kroatien/Croatie/Croacia",
    "HU": "HUN/Hungary/Ungarn/Hongrie/Hungría", "IE": "IRL/Ireland/Irland/Irlande/Irlanda",
    "IL": "ISR/Israel/Israël", "IN": "IND/India/Indien/Inde", "IT": "ITA/Italy/Italien/Italie/Italia",
    "JP": "JPN/Japan/Japon/Japón", "LT": "LTU/Lithuania/Litauen/Lituanie/Lituania",
    "LU": "LUX/Luxembourg/Luxemburg/Luxemburgo", "LV": "LVA/Latvia/Lettland/Lettonie/Letonia",
    "MA": "MAR/Morocco/Marokko/Maroc/Marruecos", "MX": "MEX/Mexico/Mexiko/Mexique/México",
    "NL": "NLD/Netherlands/The Netherlands/Holland/Niederlande/Pays-Bas/Países Bajos",
    "NO": "NOR/Norway/Norwegen/Norvège/Noruega", "NZ": "NZL/New Zealand/Neuseeland/Nouvelle-Zélande/Nueva Zelanda",
    "PE": "PER/Peru/Pérou/Perú", "PL": "POL/Poland/Polen/Pologne/Polonia", "PT": "PRT/Portugal",
    "RO": "ROU/Romania/Rumänien/Roumanie/Rumanía", "SE": "SWE/Sweden/Schweden/Suède/Suecia",
    "SI": "SVN/Slovenia/Slowenien/Slovénie/Eslovenia", "SK": "SVK/Slovakia/Slowakei/Slovaquie/Eslovaquia",
    "TR": "TUR/Turkey/Türkiye/Türkei/Turquie/Turquía", "UA": "UKR/Ukraine/Ucrania",
    "US": "USA/United States/United States of America/U.S./U.S.A./Vereinigte Staaten/États-Unis/Estados Unidos",
    "ZA": "ZAF/South Africa/Südafrika/Afrique du Sud/Sudáfrica",
}  # fmt: skip
CODES = {name.casefold(): code for code, names in NAMES.items() for name in names.split("/")}


def country_code(said: Any) -> str:
    """ISO 3166-1 alpha-2 from a code or a name; nothing for what is neither."""
    return _code(said) if isinstance(said, str) else ""


@lru_cache(maxsize=4096)
def _code(said: str) -> str:
    plain = said.strip()
    if len(plain) == 2 and plain.isascii() and plain.isalpha():
        return "GB" if plain.upper() == "UK" else plain.upper()
    return CODES.get(plain.casefold(), "")
