"""The few rows of reference data that the builders' rows refer to."""

from typing import Any

from sqlalchemy import Connection, insert

from shared.db import Base
from shared.models import (
    Authority,
    Degree,
    Division,
    Education,
    Ethnicity,
    Institution,
    PoliticalStatus,
    PutonghuaGrade,
    QualificationType,
    ReasonCode,
    Subject,
    Title,
)
from shared.models.kinds import BureauLevel, Conclusion

PROVINCE, CITY, GULOU, XUANWU = "320000", "320100", "320106", "320102"

REFERENCE: dict[type[Base], list[dict[str, Any]]] = {
    Division: [
        {"code": PROVINCE, "name": "江苏省", "level": BureauLevel.PROVINCE, "parent_code": None},
        {"code": CITY, "name": "南京市", "level": BureauLevel.CITY, "parent_code": PROVINCE},
        {"code": XUANWU, "name": "玄武区", "level": BureauLevel.COUNTY, "parent_code": CITY},
        {"code": GULOU, "name": "鼓楼区", "level": BureauLevel.COUNTY, "parent_code": CITY},
    ],
    Ethnicity: [{"code": "01", "name": "汉族"}, {"code": "03", "name": "回族"}],
    QualificationType: [
        {"code": "2", "name": "小学教师资格", "issuing_level": BureauLevel.COUNTY, "level_rank": 2},
        {"code": "3", "name": "初级中学教师资格", "issuing_level": BureauLevel.COUNTY, "level_rank": 3},
        {"code": "4", "name": "高级中学教师资格", "issuing_level": BureauLevel.CITY, "level_rank": 4},
    ],
    Subject: [
        {"code": "000", "name": "无", "qualification_types": "", "teachable": False},
        {"code": "110", "name": "语文", "qualification_types": "2;3;4;5", "teachable": True},
        {"code": "111", "name": "数学", "qualification_types": "2;3;4;5", "teachable": True},
    ],
    PoliticalStatus: [{"code": "01", "name": "中共党员"}, {"code": "13", "name": "群众"}],
    Education: [{"code": "20", "name": "大学本科"}],
    Degree: [{"code": "4", "name": "学士"}],
    Title: [{"code": "103", "name": "一级教师"}],
    PutonghuaGrade: [{"code": "21", "name": "二级甲等"}],
    Institution: [{"code": "10319", "name": "南京师范大学"}],
    Authority: [
        {"code": "320106-1", "name": "南京市鼓楼区教育局", "level": BureauLevel.COUNTY, "division_code": GULOU},
        {"code": "320100-1", "name": "南京市教育局", "level": BureauLevel.CITY, "division_code": CITY},
    ],
    ReasonCode: [
        {"code": "D4", "name": "材料不全或者证书信息未更正", "conclusion": Conclusion.DEFERRED},
        {"code": "F1", "name": "违反职业道德规范", "conclusion": Conclusion.REFUSED},
    ],
}


def fill(connection: Connection) -> None:
    """Write them into an empty database."""
    for model, rows in REFERENCE.items():
        connection.execute(insert(model), rows)
