"""Text messages over SMPP 3.4 to a message centre: ``smpp://user:password@host:port?from=SENDER``.

Long and Chinese texts go in parts (UCS-2, user data headers); the number that the centre gives the last
part is kept for its receipt.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from beichen.platforms.comms.channels.channel import (
    AwayError,
    Outcome,
    Parcel,
    RefusedError,
    Send,
    TroubleError,
)

PORT, TIMEOUT_SECONDS = 2775, 10
# SMPP 3.4, 5.1.3: what will not be better in a minute.
_PERMANENT = frozenset({0x0000000A, 0x0000000B, 0x00000001, 0x00000045})


def _failure(status: int, words: str) -> Exception:
    return RefusedError(words) if status in _PERMANENT else TroubleError(words)


@contextmanager
def session(url: str) -> Iterator[Send]:
    """Bind as a transmitter; unbind at the end."""
    from smpplib.client import Client
    from smpplib.exceptions import ConnectionError as LostError
    from smpplib.exceptions import PDUError

    place = urlsplit(url)
    sender = parse_qs(place.query).get("from", [""])[0]
    client = Client(
        place.hostname, place.port or PORT, timeout=TIMEOUT_SECONDS, allow_unknown_opt_params=True
    )
    try:
        client.connect()
        client.bind_transmitter(
            system_id=unquote(place.username or ""), password=unquote(place.password or "")
        )
    except (LostError, PDUError, OSError) as error:
        client.disconnect()
        raise AwayError(str(error) or "the message centre does not answer") from error

    def send(parcel: Parcel) -> Outcome:
        try:
            return Outcome(_submit(client, sender, parcel))
        except (LostError, OSError) as error:
            raise AwayError(str(error) or "the message centre hung up") from error
        except PDUError as error:
            raise TroubleError(str(error)) from error

    try:
        yield send
    finally:
        _leave(client)


def _submit(client: Any, sender: str, parcel: Parcel) -> str:
    """Send every part and read its answer; the number that the centre gave the last."""
    from smpplib import consts, gsm

    from beichen.platforms.comms.channels.sms import text_of

    reference = ""
    parts, coding, feature = gsm.make_parts(text_of(parcel))
    for part in parts:
        client.send_message(
            source_addr_ton=consts.SMPP_TON_ALNUM,
            source_addr=sender,
            dest_addr_ton=consts.SMPP_TON_INTL,
            dest_addr_npi=consts.SMPP_NPI_ISDN,
            destination_addr=parcel.address.lstrip("+"),
            short_message=part,
            data_coding=coding,
            esm_class=feature,
            registered_delivery=True,
        )
        answer = client.read_pdu()
        if answer.is_error():
            raise _failure(int(answer.status), f"{answer.status:#x} {consts.DESCRIPTIONS.get(answer.status)}")
        reference = (answer.message_id or b"").decode(errors="replace")
    return reference


def _leave(client: Any) -> None:
    """Say goodbye where somebody still listens."""
    from smpplib.exceptions import ConnectionError as LostError
    from smpplib.exceptions import PDUError

    try:
        client.unbind()
    except (LostError, PDUError, OSError):
        client.state = "CLOSED"
    client.disconnect()
