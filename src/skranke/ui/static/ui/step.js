/* From the open conversation to the one above or below it in the list, as the list stands now; from one that has left
   the list to its top. The attribute is listed in docs/ui.md. */
"use strict";
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-row-step]");
  if (!button) return;
  const rows = [...document.querySelectorAll("#post-rows a.it")];
  const here = rows.findIndex((row) => row.hasAttribute("aria-current"));
  rows[here < 0 ? 0 : here + Number(button.dataset.rowStep)]?.click();
});
