import pytest

from shared.rules import masking


def test_an_id_number_shows_area_and_last_four() -> None:
    assert masking.id_number("320106198501010018") == "320106********0018"


@pytest.mark.parametrize(
    ("number", "shown"),
    [("H12345678", "H******78"), ("H1234567801", "H********01"), ("12345678", "1******8"), ("1234", "****"), ("", "")],
)
def test_of_a_shorter_document_most_is_hidden(number: str, shown: str) -> None:
    assert masking.id_number(number) == shown


def test_a_mobile_number_shows_its_network_and_last_four() -> None:
    assert masking.phone("13812341234") == "138****1234"


@pytest.mark.parametrize(("number", "shown"), [("83335555", "8******5"), ("110", "***"), ("", "")])
def test_of_another_telephone_number_most_is_hidden(number: str, shown: str) -> None:
    assert masking.phone(number) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("zhangsan@example.cn", "z***@example.cn"),
        ("ab@example.cn", "a***@example.cn"),
        ("a@example.cn", "***@example.cn"),
        ("no address", "n*******ss"),
        ("", ""),
    ],
)
def test_an_address_shows_its_first_letter_and_its_provider(address: str, shown: str) -> None:
    assert masking.email(address) == shown


@pytest.mark.parametrize(("person", "shown"), [("王晓燕", "王**"), ("王", "王**"), ("", "")])
def test_a_name_shows_its_first_character_and_no_length(person: str, shown: str) -> None:
    assert masking.name(person) == shown
