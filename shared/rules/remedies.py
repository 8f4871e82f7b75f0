"""暂缓情形消失证明: what somebody must bring who was deferred and applies again (暂行办法 article 9)."""

from collections.abc import Mapping

from shared.text import Text, _

# By reason code; a deferral for a reason that is not here is settled with the bureau.
OTHER = "D9"
DOCUMENTS: Mapping[str, Text] = {
    "D1": _("补足培训学时（学分）的证明"),
    "D2": _("学校出具的已恢复教育教学或教育管理工作的证明"),
    "D3": _("学校出具的此后年度考核合格的证明"),
    "D4": _("补齐的材料；证书信息有误的，办妥更正或者补发换发后的证书"),
    OTHER: _("暂缓情形已经消失的证明，以所在区教育局的要求为准"),
}


def document(reason_code: str | None) -> Text:
    """The document that shows that the reason of a deferral is gone."""
    return DOCUMENTS.get(reason_code or OTHER, DOCUMENTS[OTHER])
