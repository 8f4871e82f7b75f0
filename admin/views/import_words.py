"""How the pages of an import speak of what is in the file: of rows, or of the photos in an archive."""

from collections.abc import Callable

from shared.services.imports.formats import Format
from shared.text import Text, _

Say = Callable[..., Text]

ROWS = {
    "count": _("{count}行"),
    "check": _("正在核对，已读取{read}行"),
    "prepare": _("正在准备，已处理{read}行，共{total}行"),
    "write": _("正在导入，已写入{read}行，共{total}行"),
    "undo": _("正在撤回，已处理{read}行，共{total}行"),
    "some_refused": _(
        "有{count}行不能导入。建议下载标出错误的文件，改好后重新上传；也可以先导入其余的行，剩下的以后再补。"
    ),
    "all_or_none": _("要么全部导入，要么一行也不导入；导入后可以撤回。"),
    "import_all": _("导入这{count}行"),
    "import_rest": _("只导入其余的{count}行"),
    "fetch_refused": _("下载标出错误的文件"),
    "fetch_left_out": _("下载没有导入的行"),
    "refused_file": _("标出错误"),
    "refused": _("不能导入的行"),
    "changed": _("已更改的行"),
    "changing": _("会更改的行"),
    "see_all": _("查看全部{count}行"),
    "will_be_undone": _("{count}行将恢复为导入前的内容：新增的删除，更改的改回"),
    "stay": _("{count}行不撤回："),
    "place": _("文件中的行"),
}
PHOTOS = {
    "count": _("{count}张照片"),
    "check": _("正在核对，已读取{read}张照片"),
    "prepare": _("正在准备，已读取{read}张照片，共{total}张"),
    "write": _("正在导入，已写入{read}张照片，共{total}张"),
    "undo": _("正在撤回，已处理{read}张照片，共{total}张"),
    "some_refused": _(
        "有{count}张照片不能导入。建议下载不能导入的名单，改好后重新上传；也可以先导入其余的照片，剩下的以后再补。"
    ),
    "all_or_none": _("要么全部导入，要么一张也不导入；导入后可以撤回。"),
    "import_all": _("导入这{count}张照片"),
    "import_rest": _("只导入其余的{count}张照片"),
    "fetch_refused": _("下载不能导入的名单"),
    "fetch_left_out": _("下载没有导入的名单"),
    "refused_file": _("不能导入的名单"),
    "refused": _("不能导入的照片"),
    "changed": _("已更换的照片"),
    "changing": _("会更换的照片"),
    "see_all": _("查看全部{count}张照片"),
    "will_be_undone": _("{count}张照片将恢复为导入前的样子：新增的删除，更换的换回原照片。这些申请表须重新打印、签名"),
    "stay": _("{count}张照片不撤回："),
    "place": _("第几个文件"),
}


def words_of(form: Format | None) -> Say:
    """The words for files of this format; those for rows where it is known no more."""
    words = PHOTOS if form is not None and form.archive is not None else ROWS

    def say(name: str, **values: object) -> Text:
        counted = {key: f"{value:,}" if isinstance(value, int) else value for key, value in values.items()}
        return Text(words[name].message, counted)

    return say
