"""What can be done with devices: register them, give them credentials, read and command them."""

from __future__ import annotations

from beichen.platforms.iot.bridge import look
from beichen.platforms.iot.commanding import commands_of, send_command
from beichen.platforms.iot.credentials import (
    add_certificate,
    admits,
    claim_device,
    issue_claim,
    issue_token,
    issue_tokens,
    revoke_credential,
    set_password,
)
from beichen.platforms.iot.finding import demo_things, devices, find_device
from beichen.platforms.iot.foretelling import foretell
from beichen.platforms.iot.grouping import (
    MOST_OF_GROUP,
    Ordered,
    command_group,
    commands_of_group,
    devices_of,
    find_group,
    groups,
    last_commands,
)
from beichen.platforms.iot.ingest import ingest, ingest_batch
from beichen.platforms.iot.reading import (
    course_of,
    devices_by_state,
    latest_of,
    refused_of,
    treated_on,
    troubles,
)
from beichen.platforms.iot.registering import (
    ChannelFacts,
    DeviceFacts,
    Registration,
    change_device,
    register_device,
    register_devices,
    save_group,
    set_state,
)
from beichen.platforms.iot.rights import READ
from beichen.platforms.iot.rules.declaring import declare_rules, find_rule, rules, switch_rule
from beichen.platforms.iot.rules.firings import firings_of, forget_firings, standing_of
from beichen.platforms.iot.rules.trying import Raised, Trial, try_rule
from beichen.platforms.iot.sheets import SheetResult, register_sheet
from beichen.platforms.iot.timetables.declaring import declare_timetables
from beichen.platforms.iot.timetables.following import (
    entries_of,
    follow,
    following_of,
    place_in,
    timetables,
    unfollow,
)
from beichen.platforms.iot.timetables.reckoning import on_day
from beichen.platforms.iot.timetables.running import tell_due
from beichen.platforms.iot.updating import (
    Step,
    counted,
    find_update,
    offer_again,
    offer_update,
    steps_of,
    updates_of,
)
from beichen.platforms.iot.words import CommandState, CredentialKind, Progress, State, Treatment

__all__ = [
    "MOST_OF_GROUP",
    "READ",
    "ChannelFacts",
    "CommandState",
    "CredentialKind",
    "DeviceFacts",
    "Ordered",
    "Progress",
    "Raised",
    "Registration",
    "SheetResult",
    "State",
    "Step",
    "Treatment",
    "Trial",
    "add_certificate",
    "admits",
    "change_device",
    "claim_device",
    "command_group",
    "commands_of",
    "commands_of_group",
    "counted",
    "course_of",
    "declare_rules",
    "declare_timetables",
    "demo_things",
    "devices",
    "devices_by_state",
    "devices_of",
    "entries_of",
    "find_device",
    "find_group",
    "find_rule",
    "find_update",
    "firings_of",
    "follow",
    "following_of",
    "foretell",
    "forget_firings",
    "groups",
    "ingest",
    "ingest_batch",
    "issue_claim",
    "issue_token",
    "issue_tokens",
    "last_commands",
    "latest_of",
    "look",
    "offer_again",
    "offer_update",
    "on_day",
    "place_in",
    "refused_of",
    "register_device",
    "register_devices",
    "register_sheet",
    "revoke_credential",
    "rules",
    "save_group",
    "send_command",
    "set_password",
    "set_state",
    "standing_of",
    "steps_of",
    "switch_rule",
    "tell_due",
    "timetables",
    "treated_on",
    "troubles",
    "try_rule",
    "unfollow",
    "updates_of",
]
