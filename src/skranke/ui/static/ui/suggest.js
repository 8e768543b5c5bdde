/* A field that suggests: what htmx brings into the list named by data-suggests is chosen with arrows and Enter, or a
   click. Each suggestion is a button of the field's own form. Without script the form's own list does the same. */
"use strict";
(() => {
  const body = document.body;
  const field = (element) => element?.closest?.("[data-suggests]");
  const listOf = (input) => document.getElementById(input.dataset.suggests);
  const inputOf = (list) => document.querySelector(`[data-suggests="${list.id}"]`);
  const options = (list) => [...list.querySelectorAll("[role=option]")];

  function ready(root) {
    for (const input of root.querySelectorAll("[data-suggests]:not([role])")) {
      const list = listOf(input);
      for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id]]) input.setAttribute(name, value);
      input.autocomplete = "off";
    }
  }

  function mark(input, option) {
    for (const one of options(listOf(input))) one.setAttribute("aria-selected", String(one === option));
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  function show(input, open) {
    const list = listOf(input);
    list.hidden = !open || !options(list).length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    mark(input, null);
  }

  body.addEventListener("htmx:afterSwap", (event) => {
    const input = event.detail.target?.id && inputOf(event.detail.target);
    if (input) show(input, document.activeElement === input);
  });
  body.addEventListener("htmx:load", (event) => ready(event.detail.elt));

  document.addEventListener("keydown", (event) => {
    const input = field(event.target);
    if (!input || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    const list = listOf(input), all = options(list), open = !list.hidden;
    const at = all.findIndex((one) => one.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) { input.dispatchEvent(new CustomEvent("suggest")); return; }
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark(input, all[(at + step + all.length + (at < 0 && step < 0 ? 1 : 0)) % all.length]);
    } else if (event.key === "Enter" && open && at >= 0) {
      event.preventDefault();
      show(input, false);
      all[at].click();
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      show(input, false);
    }
  });
  // The click on a suggestion comes after the field has lost focus.
  document.addEventListener("mousedown", (event) => { if (event.target.closest("[role=listbox].suggest")) event.preventDefault(); });
  document.addEventListener("focusout", (event) => { if (field(event.target)) show(event.target, false); });

  ready(document);
})();
