"""Words that workbooks are written with: compared with what stands in a cell, or written into one; on no page.

Headings are those under which other systems and former years have the same thing.
"""

import re

EXPLANATION = "说明："  # how the row below the headings of a template begins
REASONS, ORIGINAL_ROW = "不能导入的原因", "原文件行号"  # columns that are added to a file that is given back
ADDED = (REASONS, ORIGINAL_ROW)
FILE_PLACE, FILE_NAME = "第几个文件", "文件名"  # a list of photos that were refused
PACKAGE = "[Content_Types].xml"  # by which a ZIP tells that it is a workbook or a document
TEMPLATE = re.compile(r"模板[:：]\s*([a-z_]+)/(\d+)")
TEMPLATE_MARK = "模板：{name}/{edition}"

YES, NO = "是", "否"
MEANS_YES = frozenset(("是", "有", "对", "√", "1", "true", "yes", "y", "t"))
MEANS_NO = frozenset(("否", "无", "错", "×", "0", "false", "no", "n", "f"))
DAY_POINTS = str.maketrans("年月/.。", "-----", "日")

ID_NUMBER = ("身份证号", "身份证号码", "身份证件号码", "证件号")
PERSON = ("教师姓名", "申请人姓名")
SCHOOL = (
    "任教学校",
    "现任教学校",
    "现任教学校编码",
    "学校编码",
    "学校代码",
    "学校名称",
    "现任教学校名称",
    "单位",
    "工作单位",
)
CERTIFICATE = ("教师资格证书号码", "证书编号", "证书号")
SUBJECT = ("学科",)
AUTHORITY = ("发证机关",)
ISSUED_ON = ("发证日期", "证书签发日期")
NUMBER = ("申请编号", "报名序号", "注册申请号")
OPINION = ("初审结论", "初审意见", "结论", "注册结论", "初审暂缓/不合格")
FINAL = ("注册结论", "结论", "终审意见")
REASON_CODE = ("原因", "原因编码", "理由代码")
NOTE = ("原因说明", "备注", "理由")
REGISTERED = ("合格", "通过", "终审合格")
DEFERRED = ("暂缓", "暂缓定期注册", "初审暂缓注册", "初审暂缓", "终审暂缓注册")
REFUSED = ("不合格", "初审不合格", "初审注册不合格", "终审不合格", "不予注册")
NAME_DOTS = str.maketrans("•・‧∙⋅.", "······")
TEACHING_STAGE = ("现任教学段",)
BASIS = ("文件依据", "依据", "文号")

LISTED = re.compile(r"[;；,，、\n]")  # between the schools of a point
DISTRICT = ("县区", "所属区县", "所在区县", "教育局", "教育行政部门", "注册机构")
POINT_CODE = ("现场确认点编码", "确认点代码", "编码")
POINT = ("现场确认点名称", "确认点", "现场确认点")
SERVED = ("服务学校编码", "负责学校", "覆盖学校")
ADDRESS = ("确认点地址", "办公地址")
OPERATOR = ("姓名", "操作员", "经办人", "经办人姓名")
MOBILE = ("手机号", "手机号码", "联系电话", "操作员手机")
EMAIL = ("电子邮箱", "电子邮件", "email")
USERNAME = ("账号", "帐号", "登录名")
VALID_UNTIL = ("有效期至", "有效期", "账号有效期")
YEAR = ("年份", "考核年度", "学年")
ASSESSMENT = ("年度考核结果", "考核结果", "考核等次", "年度考核等次")
ETHICS = ("师德考核结果", "师德", "师德结论")
HOURS = ("学时", "培训学时数", "继续教育学时")
REMARK = ("说明", "原因")
ETHICS_GRADES = ("优秀", "合格", "基本合格", "不合格")  # in the order of the kind
