"""The lists that every installation begins with are complete and point nowhere but at themselves."""

import csv
from datetime import date
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "shared" / "reference"
FILES = sorted(FOLDER.glob("*.csv"))

MAY_BE_EMPTY = {
    "subjects": {"qualification_types"},
    "divisions": {"parent_code", "successor_code"},
    "authorities": {"valid_from", "valid_to", "successor_code"},
}
FLAGS = {"registrable", "teachable", "retired"}

# GB/T 3304-1991: the order is the code.
ETHNICITIES = (
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 "
    "柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 "
    "塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺"
).split()

NANJING = "玄武 秦淮 建邺 鼓楼 浦口 栖霞 雨花台 江宁 六合 溧水 高淳".split()
NANJING_OF_OLD = {
    "320103": "320104",
    "320107": "320106",
    "320112": "320116",
    "320121": "320115",
    "320122": "320111",
    "320123": "320116",
    "320124": "320117",
    "320125": "320118",
}


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_code(name: str) -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in rows(name)}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
class TestEveryList:
    def test_is_written_in_utf_8_with_plain_line_ends(self, file: Path) -> None:
        text = file.read_bytes().decode("utf-8")
        assert not text.startswith("\ufeff")
        assert "\r" not in text
        assert text.endswith("\n")

    def test_has_no_code_twice(self, file: Path) -> None:
        codes = [row["code"] for row in rows(file.stem)]
        assert sorted(set(codes)) == sorted(codes)

    def test_has_no_blank_and_no_stray_space(self, file: Path) -> None:
        optional = MAY_BE_EMPTY.get(file.stem, set())
        for row in rows(file.stem):
            assert None not in row, f"more cells than columns: {row}"
            assert all(value is not None and value == value.strip() for value in row.values()), row
            assert all(row[column] for column in row.keys() - optional), row

    def test_answers_yes_or_no_where_it_should(self, file: Path) -> None:
        found = rows(file.stem)
        for column in FLAGS & found[0].keys():
            assert {row[column] for row in found} <= {"0", "1"}


@pytest.mark.parametrize("name", sorted({file.stem for file in FILES} - {"divisions"}))
def test_no_two_entries_look_the_same(name: str) -> None:
    names = [row["name"] for row in rows(name)]
    assert sorted(set(names)) == sorted(names)


def test_all_lists_are_there() -> None:
    assert {file.stem for file in FILES} >= {
        "authorities",
        "degrees",
        "divisions",
        "educations",
        "ethnicities",
        "institutions",
        "political_statuses",
        "putonghua_grades",
        "qualification_types",
        "reason_codes",
        "subjects",
        "titles",
    }


def test_seven_qualification_types_and_all_but_higher_education_are_registered() -> None:
    types = by_code("qualification_types")
    assert list(types) == list("1234567")
    assert [code for code, row in types.items() if row["registrable"] == "0"] == ["7"]
    assert [row["issuing_level"] for row in types.values()] == ["county"] * 3 + ["city"] * 3 + ["province"]


def test_fifty_six_ethnicities_in_the_order_of_the_standard() -> None:
    assert len(ETHNICITIES) == 56
    names = {code: row["name"] for code, row in by_code("ethnicities").items()}
    assert list(names.values())[:56] == [f"{name}族" for name in ETHNICITIES]
    assert list(names) == [f"{number:02}" for number in range(1, 57)] + ["97", "98", "99"]


def test_thirteen_political_statuses() -> None:
    assert list(by_code("political_statuses")) == [f"{number:02}" for number in range(1, 14)]


def test_a_certificate_without_a_subject_can_be_entered() -> None:
    none = by_code("subjects")["000"]
    assert none["name"] == "无"
    assert none["qualification_types"] == ""


def test_subjects_belong_to_known_types_and_every_registrable_type_has_some() -> None:
    types = {code for code, row in by_code("qualification_types").items() if row["registrable"] == "1"}
    used = {code for row in rows("subjects") for code in row["qualification_types"].split(";") if code}
    assert used == types


def test_retired_subjects_are_kept_for_certificates_only() -> None:
    teachable = {row["name"]: row["teachable"] for row in rows("subjects")}
    for name in ("思想品德", "自然", "社会", "劳动技术"):
        assert teachable[name] == "0"
    assert teachable["道德与法治"] == "1"


def test_every_division_lies_in_one_of_the_next_higher_level() -> None:
    divisions = by_code("divisions")
    above = {"city": "province", "county": "city"}
    for row in divisions.values():
        if row["level"] == "province":
            assert not row["parent_code"]
        else:
            assert divisions[row["parent_code"]]["level"] == above[row["level"]], row


def test_every_retired_division_has_a_successor_of_today_and_no_other_has_one() -> None:
    divisions = by_code("divisions")
    for row in divisions.values():
        assert bool(row["successor_code"]) == (row["retired"] == "1"), row
        if row["successor_code"]:
            assert divisions[row["successor_code"]]["retired"] == "0", row


def test_all_provinces_and_the_present_units_of_jiangsu_are_there() -> None:
    divisions = [row for row in rows("divisions") if row["retired"] == "0"]
    jiangsu = [row for row in divisions if row["code"].startswith("32")]
    counties = [row["name"][-1] for row in jiangsu if row["level"] == "county"]
    assert sum(row["level"] == "province" for row in divisions) == 34
    assert sum(row["level"] == "city" for row in jiangsu) == 13
    assert {kind: counties.count(kind) for kind in "区市县"} == {"区": 55, "市": 21, "县": 19}


def test_nanjing_has_its_districts_of_today_and_of_old() -> None:
    divisions = by_code("divisions")
    nanjing = [row for row in divisions.values() if row["parent_code"] == "320100"]
    assert [row["name"] for row in nanjing if row["retired"] == "0"] == [f"{name}区" for name in NANJING]
    assert {row["code"]: row["successor_code"] for row in nanjing if row["retired"] == "1"} == NANJING_OF_OLD


def test_authorities_lie_in_known_divisions_of_their_own_level() -> None:
    divisions = by_code("divisions")
    for row in rows("authorities"):
        assert divisions[row["division_code"]]["level"] == row["level"], row


def test_authorities_of_old_lead_to_one_of_today() -> None:
    authorities = by_code("authorities")
    for row in authorities.values():
        if row["successor_code"]:
            assert not authorities[row["successor_code"]]["successor_code"], row
        else:
            assert not row["valid_to"], row
        assert all(date.fromisoformat(row[column]) for column in ("valid_from", "valid_to") if row[column])


def test_every_district_of_nanjing_has_its_bureau_and_every_city_too() -> None:
    present = {row["division_code"] for row in rows("authorities") if not row["successor_code"]}
    jiangsu = [row for row in rows("divisions") if row["code"].startswith("32") and row["retired"] == "0"]
    assert present == {row["code"] for row in jiangsu if row["level"] != "county" or row["parent_code"] == "320100"}


def test_reasons_lead_to_known_conclusions() -> None:
    conclusions = {"D": "deferred", "F": "refused", "N": "none"}
    for row in rows("reason_codes"):
        assert row["conclusion"] == conclusions[row["code"][0]]
    assert list(by_code("reason_codes")) == ["D1", "D2", "D3", "D4", "D9", "F1", "F2", "F3", "N1", "N2", "N3"]
