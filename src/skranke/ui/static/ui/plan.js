/* Drawing in a week template, and marking weeks by dragging over them. Without it the same is typed and ticked. */
"use strict";
(() => {
  const STEP = 5, SNAP = 15, SHORTEST = 5;
  const pad = (number) => String(number).padStart(2, "0");
  const clock = (minutes) => `${pad(Math.floor(minutes / 60) % 24)}:${pad(minutes % 60)}`;

  // ---- a stretch of a day: its day and times are filled into the form, which is still sent by hand
  let drawing = null;

  function minuteAt(lane, y) {
    const unit = parseFloat(getComputedStyle(lane).getPropertyValue("--u")) || 7.6;
    const minutes = Number(lane.dataset.first) + (y - lane.getBoundingClientRect().top) / unit * STEP;
    return Math.min(24 * 60, Math.max(0, minutes));
  }

  function draw(y) {
    const { lane, from, box } = drawing, to = minuteAt(lane, y);
    drawing.start = Math.floor(Math.min(from, to) / SNAP) * SNAP;
    drawing.end = Math.min(24 * 60, Math.ceil(Math.max(from, to) / SNAP) * SNAP);
    const unit = parseFloat(getComputedStyle(lane).getPropertyValue("--u")) || 7.6, first = Number(lane.dataset.first);
    box.style.top = `${(drawing.start - first) / STEP * unit}px`;
    box.style.height = `${Math.max(drawing.end - drawing.start, SHORTEST) / STEP * unit}px`;
    box.textContent = `${clock(drawing.start)}–${clock(drawing.end)}`;
  }

  document.addEventListener("pointerdown", (event) => {
    const lane = event.target.closest("[data-draw]");
    if (!lane || event.button !== 0 || event.pointerType === "touch" || event.target.closest(".slot")) return;
    event.preventDefault();
    document.querySelector(".drawn")?.remove();
    const box = document.createElement("li");
    box.className = "drawn";
    lane.append(box);
    drawing = { lane, box, from: minuteAt(lane, event.clientY) };
    draw(event.clientY);
  });
  document.addEventListener("pointermove", (event) => { if (drawing) draw(event.clientY); });
  document.addEventListener("pointerup", () => {
    const form = document.querySelector("[data-plan-form]");
    if (!drawing || !form) return;
    const { lane, start, end } = drawing;
    drawing = null;
    for (const box of form.querySelectorAll("[name=days]")) box.checked = box.value === lane.dataset.draw;
    form.querySelector("[name=start]").value = clock(start);
    form.querySelector("[name=end]").value = clock(end);
    form.querySelector("[name=kind]").focus();
  });

  // ---- weeks: the first one that is touched says whether the others are marked or not
  let marking = null;
  const boxOf = (target) => target.closest?.("[data-drag-check] li")?.querySelector("input[type=checkbox]");
  document.addEventListener("pointerdown", (event) => {
    const box = event.button === 0 && event.pointerType !== "touch" && !event.target.closest("a") && boxOf(event.target);
    if (box) marking = { first: box, on: !box.checked, moved: false };
  });
  document.addEventListener("pointerover", (event) => {
    const box = marking && boxOf(event.target);
    if (!box || (box === marking.first && !marking.moved)) return;
    marking.moved = true;
    marking.first.checked = marking.on;
    box.checked = marking.on;
  });
  // A drag that ends on a label would turn the last one round once more.
  document.addEventListener("click", (event) => {
    if (marking?.moved && event.target.closest?.("[data-drag-check]")) event.preventDefault();
    marking = null;
  }, true);
  document.addEventListener("pointerup", (event) => { if (!boxOf(event.target)) marking = null; });
})();
