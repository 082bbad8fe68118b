"""Makes the client of a conformance run and prints its key."""

from __future__ import annotations

import sys

import django


def main() -> None:
    """Create the client in the data steward's role."""
    django.setup()
    from beichen.kernel.access import service as access
    from beichen.kernel.actor import system

    access.load_roles(by=system("conformance"))
    key = access.create_client("conformance", "Conformance run", "steward", by=system("conformance"))
    sys.stdout.write(key + "\n")


if __name__ == "__main__":
    main()
