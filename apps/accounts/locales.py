"""Countries of phone numbers and time zones, as they are offered in forms."""

from zoneinfo import available_timezones

from phonenumbers import SUPPORTED_REGIONS


def regions() -> list[tuple[str, str]]:
    return [(code, code) for code in sorted(SUPPORTED_REGIONS)]


def time_zones() -> list[tuple[str, str]]:
    return [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())]
