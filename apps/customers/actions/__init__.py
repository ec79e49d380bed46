"""What is done about customers by people: meet them, note what they permit, say who is the same person."""

from apps.customers.actions.attributes import chosen_in, edit_attribute
from apps.customers.actions.identity import (
    CannotMerge,
    CannotUnmerge,
    accept_above,
    may_accept_all,
    may_merge,
    merge_customers,
    review,
    set_identifier_status,
    unmerge,
)
from apps.customers.actions.people import (
    DESK,
    add_customer,
    close_tab,
    desk_profile,
    held,
    keep_draft,
    note_consent,
    open_tab,
    owner_of,
)
from apps.customers.actions.permission import TooOften, choose, lift, may_lift, set_preferences, suppress
from apps.customers.definitions import BadValue

__all__ = [
    "DESK",
    "BadValue",
    "CannotMerge",
    "CannotUnmerge",
    "TooOften",
    "accept_above",
    "add_customer",
    "choose",
    "chosen_in",
    "close_tab",
    "desk_profile",
    "edit_attribute",
    "held",
    "keep_draft",
    "lift",
    "may_accept_all",
    "may_lift",
    "may_merge",
    "merge_customers",
    "note_consent",
    "open_tab",
    "owner_of",
    "review",
    "set_identifier_status",
    "set_preferences",
    "suppress",
    "unmerge",
]
