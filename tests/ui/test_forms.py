"""Django forms in Designsystemet markup, with errors linked to their fields."""

from django import forms
from django.utils import translation
from lxml import html

from support.templates import page, render


class Message(forms.Form):
    subject = forms.CharField(label="Emne <b>", help_text="Pasienten ser det.")
    text = forms.CharField(label="Tekst", widget=forms.Textarea, required=False)
    kind = forms.ChoiceField(label="Type", choices=[("a", "eKonsultasjon"), ("b", "e-Kontakt")])
    how = forms.ChoiceField(label="Kontaktflate", choices=[("o", "Oppmøte"), ("v", "Video")], widget=forms.RadioSelect)
    hidden_time = forms.BooleanField(label="Skjul timen", required=False)
    when = forms.SplitDateTimeField(label="Når", required=False)
    file = forms.FileField(label="Fil", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> None:
        raise forms.ValidationError("Timen er tatt.")


FORM = '{% from "ui/macros/forms.html" import form, field %}{{ form(f, "", submit="Send", cancel_url="/tilbake") }}'


def test_an_error_is_linked_to_its_field() -> None:
    tree = page(FORM, f=Message({"subject": ""}))
    field = tree.get_element_by_id("id_subject")
    assert field.get("aria-invalid") == "true"
    described = [tree.get_element_by_id(one).text_content() for one in field.get("aria-describedby").split()]
    assert described == ["Pasienten ser det.", "Feltet er påkrevet."]


def test_a_group_of_choices_is_a_fieldset_with_its_error() -> None:
    group = page(FORM, f=Message({"subject": ""})).get_element_by_id("id_how")
    assert group.tag == "fieldset"
    assert group.find("legend").text_content() == "Kontaktflate"
    assert "id_how_error" in group.get("aria-describedby")
    assert [label.text for label in group.iter("label")] == ["Oppmøte", "Video"]


def test_the_summary_leads_to_each_field_and_says_that_nothing_is_saved() -> None:
    tree = page(FORM, f=Message({"subject": ""}))
    (summary,) = tree.xpath("//*[@data-error-summary]")
    assert summary.get("role") == "alert"
    assert "Ingenting er lagret" in summary.text_content()
    assert "Timen er tatt." in summary.text_content()
    targets = [link.get("href")[1:] for link in summary.iter("a")]
    assert targets
    assert all(tree.xpath(f"//*[@id='{one}']") for one in targets)


def test_a_form_without_errors_has_no_summary() -> None:
    assert not page(FORM, f=Message()).xpath("//*[@data-error-summary]")


def test_labels_are_escaped_and_optional_fields_say_so() -> None:
    text = render(FORM, f=Message())
    assert "Emne &lt;b&gt;" in text
    label = html.fromstring(text).xpath("//label[@for='id_text']")[0]
    assert label.text_content() == "Tekst (valgfritt)"


def test_every_field_a_person_fills_in_has_the_design_systems_class() -> None:
    tree = page(FORM, f=Message())
    fields = tree.xpath("//input[not(@type='hidden')] | //select | //textarea")
    assert len(fields) == 9
    assert all("ds-input" in field.get("class", "").split() for field in fields)


def test_what_was_written_is_kept() -> None:
    tree = page(FORM, f=Message({"subject": "Utslett", "text": "Jeg har <utslett>"}))
    assert tree.get_element_by_id("id_subject").get("value") == "Utslett"
    assert tree.get_element_by_id("id_text").text.strip() == "Jeg har <utslett>"


def test_a_form_with_a_file_is_multipart() -> None:
    assert page(FORM, f=Message()).xpath("//form/@enctype") == ["multipart/form-data"]


def test_a_form_drawn_by_itself_has_the_same_fields() -> None:
    with translation.override("nb"):
        assert 'id="id_subject_error"' in render("{{ f }}", f=Message({}))


def test_each_part_of_a_split_field_has_a_name() -> None:
    tree = page(FORM, f=Message())
    for part in ("id_when_0", "id_when_1"):
        legend = tree.get_element_by_id(part).get("aria-labelledby")
        assert tree.get_element_by_id(legend).text_content() == "Når (valgfritt)"
