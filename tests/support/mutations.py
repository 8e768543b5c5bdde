"""Damage by dice: bytes and trees changed by a seeded generator, so that every run tries the same."""

import random
from copy import deepcopy
from itertools import chain

from lxml import etree

STRANGE_TEXTS = (
    "", " ", "x" * 5000, "-1", "0", "99999999999999999999", "NaN", "true", "2026-02-30T25:61:00Z", "\u0085", "\u202e",
    "\U0001f600", "<", "]]>", "æøå", "../../etc/passwd", "'; DROP TABLE x; --", "0001-01-01T00:00:00+14:00", "1e400",
)  # fmt: skip
STRANGE_NAMES = ("x", "MsgHead", "Document", "Base64Container", "div", "Patient", "Id", "vevent")


def mutated_bytes(data: bytes, dice: random.Random) -> bytes:
    """One to three of: a byte changed, a piece removed, doubled, moved, filled, or the end cut off."""
    found = bytearray(data)
    for _ in range(dice.randint(1, 3)):
        if not found:
            break
        at = dice.randrange(len(found))
        end = min(len(found), at + dice.choice((1, 1, 2, 4, 16, 200)))
        match dice.randrange(10):
            case 0 | 1 | 2 | 3 | 4:
                found[at] = dice.randrange(256)
            case 5:
                del found[at:end]
            case 6:
                found[at:at] = found[at:end]
            case 7:
                piece = bytes(found[at:end])
                del found[at:end]
                to = dice.randrange(len(found) + 1)
                found[to:to] = piece
            case 8:
                found[at:end] = bytes([dice.choice((0, 0x30, 0x80, 0xFF, 0x3C))]) * (end - at)
            case _:
                del found[dice.randrange(len(found)) :]
    return bytes(found)


def mutated_tree(xml: bytes, dice: random.Random) -> bytes:
    """One to three changes after which the document is still well-formed XML."""
    root = etree.fromstring(xml)
    for _ in range(dice.randint(1, 3)):
        elements = [one for one in root.iter() if isinstance(one.tag, str)]
        element = dice.choice(elements)
        other = dice.choice(elements)
        _CHANGES[dice.randrange(len(_CHANGES))](element, other, dice)
    return etree.tostring(root, xml_declaration=True, encoding=dice.choice(("UTF-8", "UTF-8", "ISO-8859-1")))


def _remove(element, _other, _dice) -> None:
    if (parent := element.getparent()) is not None:
        parent.remove(element)


def _double(element, _other, _dice) -> None:
    if element.getparent() is not None:
        element.addnext(deepcopy(element))


def _move(element, other, _dice) -> None:
    ancestors = chain([other], other.iterancestors())
    if element.getparent() is not None and element not in ancestors:
        other.append(element)


def _rename(element, _other, dice) -> None:
    space = etree.QName(element).namespace
    name = dice.choice(STRANGE_NAMES)
    element.tag = f"{{{space}}}{name}" if space else name


def _other_space(element, other, dice) -> None:
    space = dice.choice((etree.QName(other).namespace, "urn:tull", None))
    name = etree.QName(element).localname
    element.tag = f"{{{space}}}{name}" if space else name


def _text(element, _other, dice) -> None:
    element.text = dice.choice(STRANGE_TEXTS)


def _tail(element, _other, dice) -> None:
    element.tail = dice.choice(STRANGE_TEXTS)


def _attribute(element, _other, dice) -> None:
    name = dice.choice((*element.attrib, "V", "S", "x"))
    if dice.random() < 0.3:
        element.attrib.pop(name, None)
    else:
        element.set(name, dice.choice(STRANGE_TEXTS))


def _wrap(element, _other, dice) -> None:
    """Some levels of the same around it."""
    for _ in range(dice.choice((1, 3, 60))):
        inner = etree.SubElement(element, element.tag)
        inner.text = element.text
        element = inner


def _swap(element, _other, _dice) -> None:
    if (after := element.getnext()) is not None:
        after.addnext(element)


_CHANGES = (_remove, _double, _move, _rename, _other_space, _text, _tail, _attribute, _wrap, _swap)
