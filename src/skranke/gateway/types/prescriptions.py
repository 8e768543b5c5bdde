"""Prescriptions between M1 and the dialog room (RX-2, RX-16): what a person is shown, and what may be told.

What M1 holds beside that (prices, refunds, doses in numbers) is left where it is: in the received bytes.
"""

from collections.abc import Iterable
from decimal import Decimal

from skranke.dialog.models import Prescription, PrescriptionForm
from skranke.dialog.values import PrescriptionFacts
from skranke.standards import profile
from skranke.standards.codes import MEDICINE, CodedValue, PrescriptionGroup, oid
from skranke.standards.m1 import ForGoods, ForMedicine, Resept
from skranke.standards.medicines import Goods, Medicine, Pack, Prescribing

_ATC, _UNITS = 7180, 7452
_CODE_LENGTH = 10
# What a row can hold; more of a medicine is a fault of who wrote it, and is not shown.
_MOST = Decimal(10) ** 9
_MEDICINES = {"brand": PrescriptionForm.BRAND, "pack": PrescriptionForm.PACK}
_GOODS = {one.value: one for one in (PrescriptionForm.FOOD, PrescriptionForm.SUPPLY, PrescriptionForm.PROSTHESIS)}


def read(prescriptions: Iterable[Resept]) -> tuple[PrescriptionFacts, ...]:
    """What the dialog room keeps of each."""
    return tuple(_of_medicine(one, one.medicine) if one.medicine else _of_goods(one) for one in prescriptions)


def _of_medicine(one: Resept, stated: ForMedicine) -> PrescriptionFacts:
    told = stated.prescribing
    named = told.medicine or Medicine(name=told.name, group=CodedValue(""))
    pack = next(iter(named.packs), None)
    return PrescriptionFacts(
        form=next((form for name, form in _MEDICINES.items() if getattr(told, name)), PrescriptionForm.MEDICINE),
        kind=stated.kind.v[:_CODE_LENGTH],
        name=told.name,
        amount=_amount(stated.amount),
        repeats=stated.repeats or 0,
        group=named.group.v[:_CODE_LENGTH],
        use=told.use,
        purpose=told.purpose,
        prescribed=one.prescribed,
        expires=one.expires,
        atc=named.atc.v if named.atc else "",
        atc_name=named.atc.dn if named.atc else "",
        brand=named.brand or (pack.name if pack else ""),
        article_number=named.number,
        pack_size=pack.size if pack else "",
        pack_unit=pack.unit.v if pack else "",
        pack_unit_name=pack.unit.dn if pack else "",
    )


def _of_goods(one: Resept) -> PrescriptionFacts:
    assert one.goods is not None
    stated = one.goods
    return PrescriptionFacts(
        form=next((form for name, form in _GOODS.items() if getattr(stated, name)), PrescriptionForm.GOODS),
        kind=stated.kind.v[:_CODE_LENGTH],
        name=stated.name,
        amount=_amount(stated.amount),
        use=stated.use,
        prescribed=one.prescribed,
        expires=one.expires,
        article_number=stated.goods.number if stated.goods else stated.product_group.v if stated.product_group else "",
    )


def _amount(amount: Decimal | None) -> Decimal | None:
    return amount if amount is not None and abs(amount) < _MOST else None


def write(rows: Iterable[Prescription]) -> tuple[Resept, ...]:
    """One M1 for each row; its xs:ID is made of its number, so that each stands once in the message (HITS 1217 2.9).

    A date that nobody stated is written as no value, and so is the list of medicines: nothing is made up (RX-16).
    """
    return tuple(_resept(row) for row in rows)


def _resept(row: Prescription) -> Resept:
    is_medicine = row.form in {PrescriptionForm.MEDICINE, *_MEDICINES.values()}
    return Resept(
        edition=profile.PRESCRIPTION_EDITION,
        prescribed=row.prescribed,
        expires=row.expires,
        medicine=_for_medicine(row) if is_medicine else None,
        goods=None if is_medicine else _for_goods(row),
    )


def _for_medicine(row: Prescription) -> ForMedicine:
    named = Medicine(
        id=f"ID_{row.number + 1}",
        name=row.name,
        group=_coded(PrescriptionGroup.known(row.group), row.group),
        atc=CodedValue(row.atc, oid(_ATC), row.atc_name) if row.atc else None,
        brand=row.brand if row.form == PrescriptionForm.BRAND else "",
        number=row.article_number,
        packs=(Pack(name=row.brand, size=row.pack_size, unit=_unit(row)),) if row.pack_size else (),
    )
    return ForMedicine(
        kind=MEDICINE,
        amount=_written(row.amount),
        repeats=row.repeats or 0,
        prescribing=Prescribing(
            use=row.use,
            purpose=row.purpose,
            brand=named if row.form == PrescriptionForm.BRAND else None,
            pack=named if row.form == PrescriptionForm.PACK else None,
            substance=named if row.form == PrescriptionForm.MEDICINE else None,
        ),
    )


def _for_goods(row: Prescription) -> ForGoods:
    goods = None if row.form == PrescriptionForm.GOODS else Goods(number=row.article_number, name=row.name)
    group = row.article_number if goods is None else ""
    return ForGoods(
        kind=CodedValue(row.kind, "", "" if goods or group else row.name),
        amount=_written(row.amount),
        use=row.use,
        product_group=CodedValue(group, "", row.name) if group else None,
        prosthesis=goods if row.form == PrescriptionForm.PROSTHESIS else None,
        food=goods if row.form == PrescriptionForm.FOOD else None,
        supply=goods if row.form == PrescriptionForm.SUPPLY else None,
    )


def _coded(known: PrescriptionGroup | None, stated: str) -> CodedValue:
    return known.cs if known else CodedValue(stated)


def _unit(row: Prescription) -> CodedValue:
    return CodedValue(row.pack_unit, oid(_UNITS), row.pack_unit_name)


def _written(amount: Decimal | None) -> Decimal | None:
    return amount.normalize() if amount is not None else None
