"""How personal numbers and addresses are shown where the full value is not needed (lists, receipts, notices)."""

_ID_LENGTH, _ID_HEAD, _ID_TAIL = 18, 6, 4
_PHONE_LENGTH, _PHONE_HEAD, _PHONE_TAIL = 11, 3, 4
_SHORT = 4


def id_number(number: str) -> str:
    """320106********0018; of a shorter document no more than a third can be read."""
    if len(number) == _ID_LENGTH:
        return _hidden(number, _ID_HEAD, _ID_TAIL)
    return _mostly_hidden(number)


def phone(number: str) -> str:
    """138****1234; of any other number no more than a third can be read."""
    if len(number) == _PHONE_LENGTH:
        return _hidden(number, _PHONE_HEAD, _PHONE_TAIL)
    return _mostly_hidden(number)


def email(address: str) -> str:
    """z***@example.cn: the first letter and the provider; always three stars, so that they tell no length."""
    box, at, provider = address.rpartition("@")
    if not at:
        return _mostly_hidden(address)
    return f"{box[:1] if len(box) > 1 else ''}***@{provider}"


def name(person: str) -> str:
    """王**: the first character; always two stars, so that they tell no length."""
    return f"{person[:1]}**" if person else ""


def _mostly_hidden(text: str) -> str:
    if len(text) <= _SHORT:
        return "*" * len(text)
    third = len(text) // 3
    tail = (third + 1) // 2
    return _hidden(text, third - tail, tail)


def _hidden(text: str, head: int, tail: int) -> str:
    return text[:head] + "*" * (len(text) - head - tail) + text[len(text) - tail :]
