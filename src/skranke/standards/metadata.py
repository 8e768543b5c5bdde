"""The X- properties that go beside a message on the bus (protocol-messages 2.1).

They are a bus's own flat strings, so this is the one place where a dict leaves the room. A receiver never trusts
them over the signed payload.
"""

import base64

from skranke.kernel.ids import HerId
from skranke.standards import namespaces as ns
from skranke.standards.apprec import AppRec
from skranke.standards.msghead import Binary, MsgHead
from skranke.standards.people import Party

TYPE = "X-MessageInfo-Type"
MSG_ID = "X-MessageInfo-MsgId"
REF_TO_PARENT = "X-MessageInfo-RefToParent"
REF_TO_CONVERSATION = "X-MessageInfo-RefToConversation"
SCHEMA_NAMESPACE = "X-MessageInfo-SchemaNamespace"
ORIGINAL_MSG_ID = "X-MessageInfo-OriginalMsgId"
ORIGINAL_MSG_TYPE = "X-MessageInfo-OriginalMsgType"
SENDER_LEVEL_1 = "X-Sender-Lvl1Id"
SENDER_LEVEL_2 = "X-Sender-Lvl2Id"
RECEIVER_LEVEL_1 = "X-Receiver-Lvl1Id"
RECEIVER_LEVEL_2 = "X-Receiver-Lvl2Id"
ATTACHMENT_COUNT = "X-AttachmentInfo-Count"
ATTACHMENT_BYTES = "X-AttachmentInfo-TotalSizeInBytes"
ATTACHMENT_EXTERNAL = "X-AttachmentInfo-HasExternalReference"


def bus_metadata(document: MsgHead | AppRec) -> dict[str, str]:
    """The properties of a document, by their names on the bus; a value that is not there has no key."""
    facts = _receipt(document) if isinstance(document, AppRec) else _message(document)
    return {name: value for name, value in facts.items() if value}


def _text(her_id: HerId | None) -> str:
    return str(her_id) if her_id else ""


def _base64_length(content: bytes) -> int:
    return len(base64.b64encode(content))


def _levels(sender: Party, receiver: Party) -> dict[str, str]:
    return {
        SENDER_LEVEL_1: _text(sender.level1_her_id),
        SENDER_LEVEL_2: _text(sender.level2_her_id),
        RECEIVER_LEVEL_1: _text(receiver.level1_her_id),
        RECEIVER_LEVEL_2: _text(receiver.level2_her_id),
    }


def _message(message: MsgHead) -> dict[str, str]:
    info = message.info
    # Every Document after the first counts as an attachment, a calendar too; only containers have a size.
    rest = [document.content for document in message.documents[1:]]
    size = sum(_base64_length(content.content) for content in rest if isinstance(content, Binary))
    return {
        TYPE: info.type.v,
        MSG_ID: info.msg_id,
        REF_TO_PARENT: info.conversation.parent if info.conversation else "",
        REF_TO_CONVERSATION: info.conversation.conversation if info.conversation else "",
        SCHEMA_NAMESPACE: ns.DIALOG,
        **_levels(info.sender, info.receiver),
        ATTACHMENT_COUNT: str(len(rest)),
        ATTACHMENT_BYTES: str(size),
        ATTACHMENT_EXTERNAL: "False",
    }


def _receipt(receipt: AppRec) -> dict[str, str]:
    return {
        TYPE: receipt.type.v,
        MSG_ID: receipt.id,
        SCHEMA_NAMESPACE: ns.APPREC,
        ORIGINAL_MSG_ID: receipt.original.id,
        ORIGINAL_MSG_TYPE: receipt.original.type.v,
        SENDER_LEVEL_1: _text(receipt.sender.level1_her_id),
        SENDER_LEVEL_2: _text(receipt.sender.level2_her_id),
        RECEIVER_LEVEL_1: _text(receipt.receiver.level1_her_id),
        RECEIVER_LEVEL_2: _text(receipt.receiver.level2_her_id),
    }
