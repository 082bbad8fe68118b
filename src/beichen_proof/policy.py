"""Whom a verifier trusts (C2SP tlog-policy): logs, witnesses, groups of them, and the group that must have
cosigned.

log VKEY [URL]
witness NAME VKEY [URL]
group NAME any|all|NUMBER MEMBER…
quorum NAME|none
"""

from __future__ import annotations

from dataclasses import dataclass, field

from beichen_proof.checkpoint import Checkpoint
from beichen_proof.note import Note, Verifier, parse_note
from beichen_proof.refusal import Reason, RefusedError

LONGEST = 64 << 10


@dataclass(slots=True)
class Policy:
    """The trusted logs by origin, witnesses by their local name, groups, and the quorum's name or empty."""

    logs: dict[str, list[Verifier]] = field(default_factory=dict)
    witnesses: dict[str, Verifier] = field(default_factory=dict)
    groups: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    quorum: str = ""

    @classmethod
    def parse(cls, text: str) -> Policy:
        """Raises RefusedError with the line of the first mistake."""
        if len(text) > LONGEST:
            raise RefusedError(Reason.MALFORMED, "the policy is too long")
        policy = cls()
        quorums = 0
        for number, line in enumerate(text.splitlines(), 1):
            words = line.split()
            if not words or words[0].startswith("#"):
                continue
            try:
                quorums += policy._take(words)
            except (IndexError, ValueError, RefusedError) as error:
                raise RefusedError(Reason.MALFORMED, f"line {number} of the policy: {error}") from None
        if not policy.logs or quorums != 1:
            raise RefusedError(Reason.MALFORMED, "a policy names a log, and one quorum (or: quorum none)")
        return policy

    def _take(self, words: list[str]) -> bool:
        """One line; whether it named the quorum."""
        match words[0]:
            case "log":
                key = Verifier.parse(words[1])
                self.logs.setdefault(key.name, []).append(key)
            case "witness":
                self._name(words[1])
                key = Verifier.parse(words[2])
                if any(known.key == key.key for known in self.witnesses.values()):
                    raise ValueError("one key cannot be two witnesses")
                self.witnesses[words[1]] = key
            case "group":
                self._name(words[1])
                members = tuple(words[3:])
                for member in members:
                    self._known(member)
                needed = {"any": 1, "all": len(members)}.get(words[2]) or int(words[2])
                taken = {one for _needed, others in self.groups.values() for one in others}
                if len(set(members)) != len(members) or taken & set(members):
                    raise ValueError("a name is a member once")
                if not 0 < needed <= len(members):
                    raise ValueError(f"a group of {len(members)} cannot need {needed}")
                self.groups[words[1]] = (needed, members)
            case "quorum":
                self.quorum = "" if words[1] == "none" else self._known(words[1])
                return True
            case _:
                raise ValueError(f"{words[0][:20]!r} is neither log, witness, group nor quorum")
        return False

    def _name(self, name: str) -> None:
        if name in self.witnesses or name in self.groups or name == "none":
            raise ValueError(f"{name!r} is named twice")

    def _known(self, name: str) -> str:
        if name not in self.witnesses and name not in self.groups:
            raise ValueError(f"nothing before is called {name!r}")
        return name

    def open(self, content: bytes | str) -> Checkpoint:
        """A checkpoint that a trusted log signed and enough witnesses cosigned. Raises RefusedError with
        the reason."""
        note = parse_note(content)
        found = Checkpoint.parse(note.text)
        keys = self.logs.get(found.origin)
        if not keys:
            raise RefusedError(Reason.UNKNOWN_LOG, f"nobody trusts the log {found.origin[:80]}")
        signed = [key for key in keys if key.find(note) is not None]
        if not signed:
            raise RefusedError(Reason.FORGED, f"{found.origin} has not signed with a trusted key")
        for key in signed:
            key.check(note)
        if self.quorum and not self._is_met(self.quorum, note):
            raise RefusedError(Reason.NOT_WITNESSED, f"fewer witnesses than {self.quorum!r} demands cosigned")
        return found

    def _is_met(self, name: str, note: Note) -> bool:
        """Whether the witness cosigned, or enough of the group; a cosignature that does not fit counts as
        none."""
        if name in self.witnesses:
            try:
                self.witnesses[name].check(note)
            except RefusedError:
                return False
            return True
        needed, members = self.groups[name]
        return sum(self._is_met(member, note) for member in members) >= needed
