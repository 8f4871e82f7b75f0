"""Words that workbooks are written with: compared with what stands in a cell, or written into one; on no page.

Headings are those under which other systems and former years have the same thing.
"""

import re

EXPLANATION = "说明："  # how the row below the headings of a template begins
REASONS = "不能导入的原因"  # the column that is added to a file that is given back
TEMPLATE = re.compile(r"模板[:：]\s*([a-z_]+)/(\d+)")
TEMPLATE_MARK = "模板：{name}/{edition}"

YES, NO = "是", "否"
MEANS_YES = frozenset(("是", "有", "对", "√", "1", "true", "yes", "y", "t"))
MEANS_NO = frozenset(("否", "无", "错", "×", "0", "false", "no", "n", "f"))
DAY_POINTS = str.maketrans("年月/.。", "-----", "日")

ID_NUMBER = ("身份证号", "身份证号码", "身份证件号码", "证件号")
PERSON = ("教师姓名", "申请人姓名")
SCHOOL = ("任教学校", "现任教学校", "现任教学校编码", "学校编码", "学校代码", "学校名称", "单位")
CERTIFICATE = ("教师资格证书号码", "证书编号", "证书号")
SUBJECT = ("学科",)
AUTHORITY = ("发证机关",)
ISSUED_ON = ("发证日期", "证书签发日期")
