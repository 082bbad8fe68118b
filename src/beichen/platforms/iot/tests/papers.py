"""An authority, a server and devices with certificates, for tests of MQTT over TLS."""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone

PEM = serialization.Encoding.PEM
Key = ec.EllipticCurvePrivateKey


class Authority:
    """Signs certificates and writes them into a folder as ``NAME.pem`` and ``NAME.key``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "authority")])
        self._write("ca", self._certificate("authority", self._key, is_authority=True), self._key)

    def _certificate(self, name: str, key: Key, *, is_authority: bool = False) -> x509.Certificate:
        now = timezone.now()
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        local = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        made = x509.CertificateBuilder(
            self._name, subject, key.public_key(), x509.random_serial_number(),
            now - timedelta(hours=1), now + timedelta(hours=1),
        )  # fmt: skip
        made = made.add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        return made.add_extension(local, critical=False).sign(self._key, hashes.SHA256())

    def _write(self, name: str, certificate: x509.Certificate, key: Key) -> None:
        (self._folder / f"{name}.pem").write_bytes(certificate.public_bytes(PEM))
        plain = serialization.NoEncryption()
        private = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, plain)
        (self._folder / f"{name}.key").write_bytes(private)

    def issue(self, name: str) -> str:
        """A certificate for ``name``, in PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        self._write(name, self._certificate(name, key), key)
        return (self._folder / f"{name}.pem").read_text()
