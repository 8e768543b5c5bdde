/* Timebok: several appointments chosen with Ctrl, Shift or the space bar, to be cancelled together (APT-13). */
"use strict";
(() => {
  const bar = document.querySelector("[data-picking]");
  if (!bar) return;
  const picked = new Set(), place = bar.querySelector("[data-picked]"), told = bar.querySelector("[role=status]");
  let last = "";
  const tiles = () => [...document.querySelectorAll("#rutenett .slot[data-pick]")].filter((tile) => tile.offsetParent !== null);

  function show() {
    const there = new Map(tiles().map((tile) => [tile.id, tile]));
    // What was cancelled or moved away meanwhile is no longer chosen.
    for (const id of picked) if (!there.has(id)) picked.delete(id);
    for (const [id, tile] of there) {
      const word = tile.querySelector(".picked-word");
      tile.classList.toggle("picked", picked.has(id));
      if (picked.has(id) && !word) {
        const added = document.createElement("span");
        added.className = "sr picked-word";
        added.textContent = bar.dataset.word;
        tile.append(added);
      } else if (!picked.has(id)) word?.remove();
    }
    place.replaceChildren(...[...picked].map((id) => {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name: "time", value: id.slice(2) });
      return field;
    }));
    bar.hidden = !picked.size;
    told.textContent = picked.size ? (picked.size === 1 ? bar.dataset.textOne : bar.dataset.text).replace("{n}", picked.size) : "";
  }

  function pick(tile, through) {
    const order = tiles(), from = order.findIndex((one) => one.id === last), to = order.indexOf(tile);
    if (through && from >= 0) for (const one of order.slice(Math.min(from, to), Math.max(from, to) + 1)) picked.add(one.id);
    else if (picked.has(tile.id)) picked.delete(tile.id);
    else picked.add(tile.id);
    last = tile.id;
    show();
  }

  function none() { picked.clear(); last = ""; show(); }

  // Before the link: it would open the appointment, or a window of its own.
  document.addEventListener("click", (event) => {
    const tile = event.target.closest?.(".slot[data-pick]");
    if (!tile || !(event.ctrlKey || event.metaKey || event.shiftKey)) return;
    event.preventDefault();
    event.stopPropagation();
    tile.focus();
    pick(tile, event.shiftKey);
    getSelection()?.removeAllRanges();
  }, true);

  document.addEventListener("keydown", (event) => {
    const tile = event.target.closest?.(".slot[data-pick]");
    if (event.key === " " && tile && !event.altKey) { event.preventDefault(); pick(tile, event.shiftKey); }
    if (event.key === "Escape" && picked.size && event.target.closest?.("#rutenett, [data-picking]")) none();
  });

  bar.querySelector("[data-pick-none]").addEventListener("click", none);
  document.body.addEventListener("htmx:afterSettle", show);
})();
