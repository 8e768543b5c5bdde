/* Files by drag and by paste, and those that are chosen and not uploaded yet, each with a button that takes it away.
   Without it the browser's own field does the same. The attributes are listed in docs/ui.md. */
"use strict";
(() => {
  const fieldOf = (element) => element?.closest?.("form")?.querySelector("input[type=file][data-max-bytes]");
  const kilo = 1000, units = ["B", "kB", "MB"];

  function size(octets) {
    const unit = octets < kilo ? 0 : octets < kilo * kilo ? 1 : 2;
    const number = Math.ceil(octets / kilo ** unit * 10) / 10;
    return `${number.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 })} ${units[unit]}`;
  }

  function hold(input, files) {
    const held = new DataTransfer();
    for (const file of files) held.items.add(file);
    input.files = held.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  const add = (input, files) => hold(input, [...input.files, ...files]);

  // What is chosen and does not lie at the clinic yet: too large together, or the network was away.
  document.addEventListener("weighed", (event) => {
    const input = event.target, list = document.getElementById(`${input.id}_list`);
    if (!list) return;
    document.getElementById(`${input.id}_names`).hidden = input.files.length > 0;
    list.replaceChildren(...[...input.files].map((file, number) => {
      const row = document.createElement("li"), told = document.createElement("span"), drop = document.createElement("button");
      told.textContent = `${file.name} · ${(file.name.split(".").pop() ?? "").toUpperCase()} · ${size(file.size)}`;
      drop.type = "button";
      drop.className = "ds-button s";
      drop.dataset.variant = "tertiary";
      drop.textContent = list.dataset.drop;
      drop.setAttribute("aria-label", `${list.dataset.drop} ${file.name}`);
      drop.addEventListener("click", () => {
        hold(input, [...input.files].filter((_, other) => other !== number));
        (list.querySelector("button") ?? document.querySelector(`[data-file-button="${CSS.escape(input.id)}"]`))?.focus();
      });
      row.append(told, drop);
      return row;
    }));
  });

  const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  function mark(form) {
    for (const one of document.querySelectorAll("form.over-files")) if (one !== form) one.classList.remove("over-files");
    form?.classList.add("over-files");
  }
  document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    // Beside a form the browser would leave the page and open the file: what is written would be gone.
    event.preventDefault();
    const input = fieldOf(event.target);
    event.dataTransfer.dropEffect = input ? "copy" : "none";
    mark(input?.form);
  });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) mark(null); });
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    mark(null);
    const input = fieldOf(event.target);
    if (input) add(input, event.dataTransfer.files);
  });

  document.addEventListener("paste", (event) => {
    const input = fieldOf(event.target), files = [...(event.clipboardData?.files ?? [])];
    // A word processor gives its text as a picture, too: the text is what was meant.
    if (!input || !files.length || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    const moment = new Date().toTimeString().slice(0, 8).replaceAll(":", "");
    add(input, files.map((file) => new File([file], file.name.replace(/^image\./, `${input.dataset.pasted}-${moment}.`), { type: file.type })));
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-tick]");
    if (button) document.getElementById(button.dataset.tick).click();
  });

  // A preview that is in the way goes with Escape, until it is asked for anew.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const one of document.querySelectorAll(".peek:is(:hover, :focus-within)")) one.classList.add("hushed");
  });
  for (const kind of ["pointerout", "focusout"]) document.addEventListener(kind, (event) => {
    const peek = event.target.closest?.(".peek");
    if (peek && !peek.contains(event.relatedTarget)) peek.classList.remove("hushed");
  });
})();
