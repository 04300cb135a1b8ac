"""Which rules err more often than others: what they found may be looked at once more, and stays covered all the same.

a key by its alphabet alone, three digits beside a card, a link by its shape ─► doubtful
everything with a label, a checksum or a provider's format                   ─► not
"""

_OWN = frozenset(("phrase/base32", "number/cvv-beside-card", "url/one-time-link", "format/cut"))
_OF_ANY_PROVIDER = ".generic."  # in the token engine's names of rules


def is_doubtful(rule: str) -> bool:
    """Whether a finding of this rule is none more often than findings of the others."""
    return rule in _OWN or _OF_ANY_PROVIDER in rule
