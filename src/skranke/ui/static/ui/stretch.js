/* Dragging the lower edge of an appointment. The new end is asked about in the panel, where it may as well be typed. */
"use strict";
(() => {
  const STEP = 5, DAY = 24 * 60;
  const pad = (number) => String(number).padStart(2, "0");
  let held = null;

  document.addEventListener("pointerdown", (event) => {
    const tile = event.target.closest?.(".edge")?.closest("[data-stretch]");
    if (!tile || event.button !== 0) return;
    event.preventDefault();
    const unit = parseFloat(getComputedStyle(tile.closest(".lane")).getPropertyValue("--u")) || 7.6;
    held = { tile, unit, begins: Number(tile.dataset.begins), end: null };
  });

  document.addEventListener("pointermove", (event) => {
    if (!held) return;
    const { tile, unit, begins } = held;
    const steps = Math.max(1, Math.round((event.clientY - tile.getBoundingClientRect().top) / unit));
    held.end = Math.min(begins + steps * STEP, DAY - STEP);
    tile.style.height = `${(held.end - begins) / STEP * unit}px`;
    tile.classList.add("stretched");
  });

  document.addEventListener("pointerup", () => {
    if (!held) return;
    const { tile, end } = held;
    held = null;
    if (end === null) return;
    // htmx would carry it over to the tile as the server draws it, which the page's policy forbids.
    tile.removeAttribute("style");
    tile.classList.remove("stretched");
    // The click that follows would open the appointment as it is.
    const swallow = (event) => { event.preventDefault(); event.stopPropagation(); };
    document.addEventListener("click", swallow, true);
    setTimeout(() => document.removeEventListener("click", swallow, true), 50);
    htmx.ajax("GET", `${tile.dataset.stretch}?slutt=${pad(Math.floor(end / 60))}:${pad(end % 60)}`, "#panel");
  });

  // A link can be dragged away by its edge, too.
  document.addEventListener("dragstart", (event) => { if (held) event.preventDefault(); });
})();
