"""Every setting of Beichen, typed, documented, and read in one place.

A setting comes from the environment (``BEICHEN_NAME``) or from ``beichen.toml`` in the working
directory (``name = …`` under no table, without the prefix, lower case); the environment wins.
``docs/settings.md`` lists them from this module, and a test fails when one is missing there.

Long because every setting stands in the one table of this module, with its checks.
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, field, fields
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from typing import Any, get_type_hints
from urllib.parse import urlsplit

from beichen.problem import Problem, ProblemError, Where, code, nearest, shorten

PREFIX = "BEICHEN_"
FILE = "beichen.toml"
RANGES = {
    "port": (1, 65534),
    "nats_port": (1, 65535),
    "mqtt_port": (0, 65535),
    "web_workers": (1, 256),
    "proxies": (0, 9),
    "history_page": (10, 100_000),
    "firing_days": (0, 36_500),
    "tile_cache_mb": (0, 10_000_000),
    "ledger_quorum": (0, 100),
    "scan_days": (1, 180),
}
PORT_FILE = "served.port"
DEVELOPMENT_SECRET = "development-only-secret-do-not-use-in-production"

UNKNOWN = code("SET-001", "A setting has a name that Beichen does not know.")
MALFORMED = code("SET-002", "A setting's value cannot be read as its type.")
UNSAFE = code("SET-003", "A setting is not safe in production.")


def _setting(default: Any, about: str) -> Any:
    return field(default=default, metadata={"about": about})


@dataclass(frozen=True, slots=True)
class Settings:
    """What an installation chooses. Paths are absolute; URLs choose each engine."""

    environment: str = _setting("development", "development, or production: refuses unsafe values")
    debug: bool = _setting(False, "Django's debug pages; refused in production")
    demo: bool = _setting(False, "demo accounts and the marks of demo data; refused in production")
    secret_key: str = _setting(DEVELOPMENT_SECRET, "signs sessions and tokens; 32 characters or more")
    registration: bool = _setting(True, "people may open an account of their own at /account/register")
    hosts: str = _setting("localhost,127.0.0.1,[::1]", "host names that are served, with commas")
    https: bool = _setting(False, "served over HTTPS: secure cookies and HSTS")
    address: str = _setting("127.0.0.1", "the address on which web and live listen; 0.0.0.0 for all")
    port: int = _setting(8000, "the port of the web process; the live process takes the next one")
    web_workers: int = _setting(1, "how many processes answer requests")
    proxies: int = _setting(0, "how many trusted proxies stand before web and add to X-Forwarded-For")
    data_dir: Path = _setting(Path("var"), "where everything embedded lives")
    city: str = _setting("changchun", "the city package that `make run` loads: a name or a folder")
    database_url: str = _setting("", "sqlite:///… or postgres://…; default a file in the data folder")
    nats_url: str = _setting("embedded://", "embedded:// (started by `beichen up`) or nats://…")
    nats_port: int = _setting(4222, "the port of the embedded NATS server")
    nats_sync: str = _setting("2s", "how soon the embedded server syncs its store to the disk, or `always`")
    mqtt_port: int = _setting(1883, "the port on which devices speak MQTT; 0 for none")
    mqtt_address: str = _setting("127.0.0.1", "the address on which MQTT listens; 0.0.0.0 for all")
    mqtt_cert: str = _setting("", "MQTT over TLS: the file of the server's certificate chain")
    mqtt_key: str = _setting("", "MQTT over TLS: the file of the certificate's key")
    mqtt_ca: str = _setting(
        "", "MQTT over TLS: the file of the authority of devices' certificates, then demanded"
    )
    mqtt_url: str = _setting("", "a city's own MQTT broker, bridged in: mqtt[s]://name:password@host/prefix")
    device_rate: int = _setting(100, "readings a second that a device without its own rate may send for long")
    firing_days: int = _setting(
        1_095, "days for which what rules raised is kept once it is over; 0: for ever"
    )
    files_url: str = _setting("", "a folder or s3://bucket/prefix; default `files` in the data folder")
    tables_url: str = _setting("", "a folder or s3://bucket/prefix; default `tables` in the data folder")
    warehouse_url: str = _setting(
        "duckdb://", "what answers SQL: duckdb://?memory=1GB&threads=2, spark://host:7077"
    )
    live_url: str = _setting("", "public address of the live process; default the web port plus one")
    context_hosts: str = _setting("", "hosts from which NGSI-LD contexts may be fetched, with commas")
    history_page: int = _setting(10_000, "instances that one answer of a history holds")
    notification_hosts: str = _setting("", "private hosts and networks that notifications may go to")
    smtp_url: str = _setting("", "smtp:// or smtps://user:password@host:port; default: mail is printed")
    mail_from: str = _setting("", "the sender of mail; default beichen@ and the host of the public address")
    sms_url: str = _setting("", "http(s)://gateway/path or smpp://user:password@host:port; default no texts")
    sms_secret: str = _setting("", "signs what is sent to the gateway of text messages")
    push_key: str = _setting("", "private key towards push services; default a file in the data folder")
    push_hosts: str = _setting(
        "fcm.googleapis.com,*.push.services.mozilla.com,*.notify.windows.com,*.push.apple.com",
        "push services of browsers that are called, with commas",
    )
    reports_a_minute: int = _setting(600, "reports that one client may send over Open311 in a minute")
    tile_cache_mb: int = _setting(2_048, "megabytes of vector tiles kept in the data folder; 0: none")
    map_url: str = _setting(
        "", "a tile server of the city's own: https://host/{z}/{x}/{y}.png, a TileJSON or a style"
    )
    model_hosts: str = _setting(
        "", "origins from which browsers fetch models of landmarks, with commas: https://models.example"
    )
    video_hosts: str = _setting(
        "", "hosts from which browsers may load video and pictures of cameras, with commas"
    )
    ledger_origin: str = _setting(
        "", "the log's name, for ever; default the public address and /tlog, without a scheme"
    )
    ledger_keys: str = _setting(
        "", "the folder of the log's and issuers' private keys; default in the data folder"
    )
    ledger_quorum: int = _setting(0, "witnesses that must have cosigned a checkpoint before it is published")
    ledger_sm2: bool = _setting(False, "checkpoints are signed with SM2 too; needs gmssl")
    ledger_anchor_url: str = _setting("", "an outside log into which checkpoints are written: https://…")
    ledger_anchor_authority: str = _setting("", "the certificate of the time stamping authority, in PEM")
    draft_days: int = _setting(30, "days after the last change for which a draft of an application is kept")
    signer: str = _setting("typed", "how applications are signed: typed, or the key of a city's own signer")
    payment_url: str = _setting("", "the payment gateway for fees: https://…; default no payments")
    payment_secret: str = _setting("", "signs what goes to the payment gateway, and its notices")
    codes_keys: str = _setting("", "the folder of the keys that sign codes; default in the data folder")
    scan_days: int = _setting(30, "days for which a person can see who read their codes")
    public_url: str = _setting("", "where people reach the house, for links in messages; default localhost")
    oidc_issuer: str = _setting("", "the city's own identity provider, by which people sign in: https://…")
    oidc_client_id: str = _setting("", "what that provider calls this house")
    oidc_client_secret: str = _setting("", "the house's secret there; empty for a public client with PKCE")
    oidc_assurance: str = _setting(
        "", "how well that provider knows whom it says nothing of: substantial, high"
    )
    oidc_name: str = _setting("", "what people call that provider, on the button of the sign-in page")

    @property
    def is_production(self) -> bool:
        """Whether unsafe settings are refused."""
        return self.environment == "production"

    @property
    def database(self) -> str:
        """The database's URL with its default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir / 'beichen.db'}"

    @property
    def live(self) -> str:
        """The public address of the live process with its default filled in."""
        return self.live_url.rstrip("/") or f"http://localhost:{self.port + 1}"

    @property
    def public(self) -> str:
        """The address at which people reach the house, with its default filled in, without a final slash.

        By default on this machine; a command beside a house that runs says that house's port.
        """
        return self.public_url.rstrip("/") or f"http://localhost:{self._served_port}"

    @property
    def _served_port(self) -> int:
        """The port that is set; where none is, the one that this data folder was last served at."""
        if self.port != type(self).__dataclass_fields__["port"].default:
            return self.port
        try:
            return int((self.data_dir / PORT_FILE).read_text("ascii"))
        except (OSError, ValueError):
            return self.port

    def keep_port(self) -> None:
        """Note at which port this data folder is served, for the commands beside it."""
        (self.data_dir / PORT_FILE).write_text(f"{self.port}\n", "ascii")

    @property
    def upstream_name(self) -> str:
        """What the city's own identity provider is called on buttons; empty where there is none."""
        return self.oidc_name or urlsplit(self.oidc_issuer).netloc

    @property
    def mail_sender(self) -> str:
        """The sender of mail with its default filled in."""
        return self.mail_from or f"beichen@{urlsplit(self.public).hostname}"

    @property
    def mail_host(self) -> str:
        """The host in the identifiers of mail: that of its sender."""
        return self.mail_sender.rpartition("@")[2]

    @property
    def map_origin(self) -> str:
        """The one origin from which the map may take tiles beside the house's own; empty for none."""
        parts = urlsplit(self.map_url)
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""

    @property
    def model_origins(self) -> tuple[str, ...]:
        """The origins from which browsers may fetch models of landmarks."""
        named = (one.strip().rstrip("/").lower() for one in self.model_hosts.split(","))
        return tuple(one for one in named if one)

    @property
    def video_origins(self) -> list[str]:
        """The origins of :attr:`video_hosts`; a host without a scheme is asked over HTTPS."""
        names = [name.strip().rstrip("/") for name in self.video_hosts.split(",")]
        return [name if "://" in name else f"https://{name}" for name in names if name]

    @property
    def ledger_keys_folder(self) -> Path:
        """Where the ledger's private keys lie, with its default filled in."""
        return Path(self.ledger_keys).expanduser() if self.ledger_keys else self.data_dir / "ledger"

    @property
    def codes_keys_folder(self) -> Path:
        """Where the private keys of codes lie, with its default filled in."""
        return Path(self.codes_keys).expanduser() if self.codes_keys else self.data_dir / "codes"

    @property
    def files(self) -> str:
        """The file store's URL or folder with its default filled in."""
        return self.files_url or str(self.data_dir / "files")

    @property
    def tables(self) -> str:
        """Where tables lie, with its default filled in."""
        return self.tables_url or str(self.data_dir / "tables")

    @staticmethod
    def is_at_home(url: str) -> bool:
        """Whether an address is this machine's own: what answers there may be a test's."""
        host = urlsplit(url).hostname or ""
        return host == "localhost" or host.startswith("127.") or host == "::1"

    def production_problems(self) -> list[Problem]:
        """Each setting that must not go to production, with what to do."""
        if not self.is_production:
            return []
        unsafe = {
            "debug": (self.debug, "unset BEICHEN_DEBUG"),
            "demo": (self.demo, "unset BEICHEN_DEMO; demo accounts have published passwords"),
            "secret_key": (
                self.secret_key == DEVELOPMENT_SECRET or len(self.secret_key) < 32,
                "set BEICHEN_SECRET_KEY to 32 random characters or more",
            ),
            "payment_url": (
                bool(self.payment_url)
                and (urlsplit(self.payment_url).scheme != "https" or self.is_at_home(self.payment_url)),
                "set BEICHEN_PAYMENT_URL to https:// and a gateway that is not this machine",
            ),
            "payment_secret": (
                bool(self.payment_url) and len(self.payment_secret) < 32,
                "set BEICHEN_PAYMENT_SECRET to 32 random characters or more",
            ),
            "public_url": (
                not self.public_url or self.is_at_home(self.public_url),
                "set BEICHEN_PUBLIC_URL to where people reach the house: printed codes and papers say it",
            ),
            "oidc_issuer": (
                self.oidc_issuer.lower().startswith("http:"),
                "an identity provider speaks https",
            ),
        }
        return [
            Problem(UNSAFE, f"{PREFIX}{name.upper()} is unsafe in production", Where(field=name), hint)
            for name, (bad, hint) in unsafe.items()
            if bad
        ]


def refuse_unsafe() -> Settings:
    """The settings of this process. Raises ProblemError SET-003 for each that is unsafe in production."""
    chosen = settings()
    if problems := chosen.production_problems():
        raise ProblemError(*problems)
    return chosen


def _read(name: str, kind: type, raw: Any, source: str) -> Any:
    """``raw`` as ``kind``. Raises ProblemError SET-002 with the place and what was expected."""
    words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}
    where = Where(file=source, field=name)
    text = str(raw).strip() if isinstance(raw, str | int | float) else None
    if text is None:
        raise ProblemError(Problem(MALFORMED, f"{name} is a list or a table, not one value", where))
    if kind is bool:
        if text.lower() not in words:
            raise ProblemError(Problem(MALFORMED, shorten(f"{name} is {text!r}, not true or false"), where))
        return words[text.lower()]
    if kind is int:
        least, most = RANGES.get(name, (0, 2**31))
        if not text.isdecimal() or not least <= int(text) <= most:
            message = shorten(f"{name} is {text!r}, not a whole number from {least} to {most}")
            raise ProblemError(Problem(MALFORMED, message, where))
        return int(text)
    return Path(text).expanduser().resolve() if kind is Path else text


def _check_networks(values: dict[str, Any]) -> list[Problem]:
    """What stands for a network in the hosts of notifications and is none."""
    problems = []
    for item in values.get("notification_hosts", "").split(","):
        word = item.strip()
        try:
            if "/" in word:
                ip_network(word, strict=False)
        except ValueError:
            message = shorten(f"notification_hosts has {word!r}, which is no network")
            where = Where(field="notification_hosts")
            problems.append(Problem(MALFORMED, message, where, "such as 10.1.0.0/16"))
    return problems


def _check_choices(values: dict[str, Any]) -> list[Problem]:
    schemes = {
        "database_url": {"sqlite", "postgres", "postgresql"},
        "nats_url": {"embedded", "nats", "tls"},
        "warehouse_url": {"duckdb", "spark"},
        "mqtt_url": {"mqtt", "mqtts"},
        "smtp_url": {"smtp", "smtps"},
        "sms_url": {"http", "https", "smpp"},
        "map_url": {"http", "https"},
        "payment_url": {"http", "https"},
        "public_url": {"http", "https"},
        "oidc_issuer": {"http", "https"},
    }
    problems = [*_check_networks(values)]
    for name, valid in schemes.items():
        value = values.get(name, "")
        scheme = value.partition(":")[0].lower()
        if value and scheme not in valid:
            message = shorten(f"{name} starts with {scheme!r}, which no engine here answers to")
            problems.append(Problem(MALFORMED, message, Where(field=name), nearest(scheme, valid)))
    if not re.fullmatch(r"[1-9]\d{0,4}(ms|s)|always", str(values.get("nats_sync", "2s"))):
        message = shorten(f"nats_sync is {values['nats_sync']!r}")
        problems.append(Problem(MALFORMED, message, Where(field="nats_sync"), "such as 2s, or always"))
    if bool(values.get("oidc_issuer")) != bool(values.get("oidc_client_id")):
        missing = "oidc_client_id" if values.get("oidc_issuer") else "oidc_issuer"
        message = f"{missing} is empty; a provider and what it calls this house go together"
        problems.append(Problem(MALFORMED, message, Where(field=missing)))
    if (sure := values.get("oidc_assurance", "")) not in {"", "substantial", "high"}:
        message = shorten(f"oidc_assurance is {sure!r}")
        problems.append(
            Problem(MALFORMED, message, Where(field="oidc_assurance"), "substantial, high or nothing")
        )
    if bool(values.get("mqtt_cert")) != bool(values.get("mqtt_key")):
        missing = "mqtt_key" if values.get("mqtt_cert") else "mqtt_cert"
        message = f"{missing} is empty; TLS needs a certificate and its key"
        problems.append(Problem(MALFORMED, message, Where(field=missing)))
    if values.get("environment", "development") not in {"development", "production"}:
        message = shorten(f"environment is {values['environment']!r}")
        problems.append(Problem(MALFORMED, message, Where(field="environment"), "development or production"))
    return [*problems, *_check_map(values), *_check_models(values), *_check_video(values)]


def _check_models(values: dict[str, Any]) -> list[Problem]:
    """What stands for an origin of models and is none."""
    problems = []
    for item in values.get("model_hosts", "").split(","):
        word = item.strip()
        if word and not re.fullmatch(r"https?://[A-Za-z0-9.\-:\[\]]+/?", word):
            message = shorten(f"model_hosts has {word!r}, which is no origin")
            where = Where(field="model_hosts")
            problems.append(Problem(MALFORMED, message, where, "such as https://models.example"))
    return problems


def _check_video(values: dict[str, Any]) -> list[Problem]:
    """Hosts of video that no address could begin with."""
    names = [name.strip() for name in values.get("video_hosts", "").split(",") if name.strip()]
    origin = re.compile(r"(https?://)?([A-Za-z0-9.\-]+|\[[0-9A-Fa-f:]+\])(:\d{1,5})?/?")
    wrong = [name for name in names if not origin.fullmatch(name)]
    hint = "such as video.example, or http://10.0.0.5:8888"
    where = Where(field="video_hosts")
    return [Problem(MALFORMED, shorten(f"video_hosts names {one!r}"), where, hint) for one in wrong]


def _check_map(values: dict[str, Any]) -> list[Problem]:
    """An address of tiles that no browser could ask."""
    value = values.get("map_url", "")
    places = [part in value for part in ("{z}", "{x}", "{y}")]
    host = urlsplit(value).netloc if value else "any"
    if host and re.fullmatch(r"[A-Za-z0-9.\-:\[\]]+", host) and all(places) == any(places):
        return []
    hint = "https://host/{z}/{x}/{y}.png, or the address of a TileJSON or a style"
    return [Problem(MALFORMED, "map_url is no address of tiles", Where(field="map_url"), hint)]


def read_settings(environ: dict[str, str], folder: Path) -> Settings:
    """Settings from ``environ`` and ``folder/beichen.toml``.

    Raises ProblemError with every unknown name and unreadable value.
    """
    kinds = get_type_hints(Settings)
    known = {item.name for item in fields(Settings)}
    found: dict[str, tuple[Any, str]] = {}
    file = folder / FILE
    if file.is_file():
        try:
            document = tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ProblemError(Problem(MALFORMED, shorten(str(error)), Where(file=str(file)))) from None
        found |= {name: (value, str(file)) for name, value in document.items()}
    found |= {
        name.removeprefix(PREFIX).lower(): (value, "environment")
        for name, value in environ.items()
        if name.startswith(PREFIX)
    }
    problems = []
    values: dict[str, Any] = {"data_dir": (folder / "var").resolve()}
    for name, (raw, source) in found.items():
        if name not in known:
            where = Where(file=source, field=name)
            message = shorten(f"no setting is called {name!r}")
            problems.append(Problem(UNKNOWN, message, where, nearest(name, known)))
            continue
        try:
            values[name] = _read(name, kinds[name], raw, source)
        except ProblemError as error:
            problems.extend(error.problems)
    problems += _check_choices(values)
    if problems:
        raise ProblemError(*problems)
    return Settings(**values)


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return read_settings(dict(os.environ), Path.cwd())
