/* Skranke's own script: live news, roving focus, shortcuts, counters, dialogs. No framework, no inline handlers.
   Everything a page is for works without it; this makes it quicker. The attributes are listed in docs/ui.md. */
"use strict";
(() => {
  const body = document.body;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const withSelf = (selector, root) => (root.matches?.(selector) ? [root, ...all(selector, root)] : all(selector, root));
  const send = (element, name, detail, bubbles = false) =>
    element.dispatchEvent(new CustomEvent(name, { detail, bubbles, cancelable: true }));
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

  // ---- live news: an event stream with a signed ticket, else a look every 15 seconds
  const UNASKED = { "Skranke-Unasked": "1" }; // the page asks by itself: nobody is at work
  const POLL = 15000, GATHER = 250, LONGEST_WAIT = 30000;
  let waiting = new Set(), latest = {}, gather = 0, failures = 0, stream = null, streamOpen = false;

  function news(kind, detail) {
    waiting.add(kind);
    latest = detail;
    // From the first of them: counted from the last, a steady stream would keep the page from ever looking.
    gather ||= setTimeout(() => {
      const kinds = waiting, detail = latest;
      waiting = new Set();
      gather = 0;
      send(body, "live", { kinds: [...kinds], ...detail });
      for (const element of all("[data-live]")) {
        const wanted = element.dataset.live.split(/\s+/).filter(Boolean);
        if (!wanted.length || kinds.has("") || wanted.some((one) => kinds.has(one))) send(element, "live", detail);
      }
    }, GATHER);
  }

  // Seconds since this page was asked for: the server tells what came since, or to look at everything.
  function age() {
    const [asked] = performance.getEntriesByType("navigation");
    return (performance.now() - (asked?.requestStart ?? 0)) / 1000;
  }

  async function listen() {
    try {
      const answer = await fetch(body.dataset.liveTicketUrl, { headers: { Accept: "application/json", ...UNASKED }, cache: "no-store" });
      if (!answer.ok) throw new Error("no ticket");
      const { ticket } = await answer.json();
      const address = new URL(body.dataset.liveUrl, location.href);
      address.searchParams.set("ticket", ticket);
      address.searchParams.set("age", age());
      stream = new EventSource(address);
      stream.onopen = () => {
        streamOpen = true;
        failures = 0;
        body.dataset.liveState = "open";
      };
      stream.onmessage = (event) => {
        let detail = {};
        try { detail = JSON.parse(event.data); } catch { /* an event without content still says that something is new */ }
        news(detail.kind ?? "", detail);
      };
      // The ticket is short-lived, so the browser's own reconnection would be refused: ask for a new one.
      stream.onerror = again;
    } catch { again(); }
  }

  function again() {
    stream?.close();
    stream = null;
    streamOpen = false;
    body.dataset.liveState = "polling";
    failures += 1;
    setTimeout(listen, Math.min(LONGEST_WAIT, 1000 * 2 ** Math.min(failures, 5)) * (0.75 + Math.random() / 2));
  }

  function startLive() {
    if (!body.dataset.liveUrl && !document.querySelector("[data-live]")) return;
    setInterval(() => { if (!streamOpen && !document.hidden) news("", { poll: true }); }, POLL);
    document.addEventListener("visibilitychange", () => { if (!document.hidden && !streamOpen) news("", { poll: true }); });
    if (body.dataset.liveUrl && body.dataset.liveTicketUrl && "EventSource" in window) listen();
    addEventListener("pagehide", () => stream?.close());
    addEventListener("pageshow", (event) => { if (event.persisted && body.dataset.liveUrl) location.reload(); });
  }

  // ---- a screen that nobody uses is locked; what stands there stays, under the lock
  const lock = document.getElementById("ui-locked"), LOOK = 2000, TELL = 60000;
  let used = Date.now(), told = Date.now(), lockedBy = "";

  async function session(method) {
    const tokens = JSON.parse(body.getAttribute("hx-headers") ?? "{}");
    const headers = method === "POST" ? tokens : UNASKED;
    const answer = await fetch(body.dataset.sessionUrl, { method, headers, cache: "no-store" });
    return answer.json();
  }

  async function lockScreen() {
    if (!lock || lock.open) return;
    lockedBy = (await session("GET")).who;
    lock.showModal();
  }

  async function watch() {
    const now = Date.now();
    if (lock.open) {
      const { state, who } = await session("GET");
      // Another person has logged in: what stands here is not theirs.
      if (state === "open" && who !== lockedBy) location.reload();
      if (state === "open") { used = told = Date.now(); lock.close(); }
    } else if (used > told && now - told > TELL) {
      told = now;
      if ((await session("POST")).state !== "open") lockScreen();
    } else if (now - used > Number(body.dataset.idleSeconds) * 1000) {
      if ((await session("GET")).state === "open") used = now; else lockScreen();
    }
  }

  if (lock && body.dataset.sessionUrl) {
    for (const kind of ["keydown", "pointerdown", "input"]) document.addEventListener(kind, () => { used = Date.now(); }, { capture: true, passive: true });
    lock.addEventListener("cancel", (event) => event.preventDefault());
    setInterval(() => watch().catch(() => { /* without contact nothing can be told; the next look may */ }), LOOK);
  }
  body.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.triggeringEvent?.type === "live") Object.assign(event.detail.headers, UNASKED);
  });

  // ---- roving focus: one tab stop for a list or a grid
  const itemsOf = (box) => all(box.querySelector("[data-roving-item]") ? "[data-roving-item]" : "a[href], button", box)
    .filter((item) => !item.disabled && item.offsetParent !== null);

  function roam(root) {
    for (const box of withSelf("[data-roving]", root)) {
      const items = itemsOf(box);
      const current = items.find((item) => item === document.activeElement) ??
        items.find((item) => item.hasAttribute("aria-current")) ?? items[0];
      for (const item of items) item.tabIndex = item === current ? 0 : -1;
    }
  }

  function neighbour(items, from, key) {
    const here = from.getBoundingClientRect();
    const sideways = key === "ArrowLeft" || key === "ArrowRight", sign = key === "ArrowLeft" || key === "ArrowUp" ? -1 : 1;
    const middle = (box) => [box.left + box.width / 2, box.top + box.height / 2];
    const [x, y] = middle(here);
    let best = null, shortest = Infinity;
    for (const item of items) {
      if (item === from) continue;
      const [itsX, itsY] = middle(item.getBoundingClientRect());
      const along = sign * (sideways ? itsX - x : itsY - y), across = Math.abs(sideways ? itsY - y : itsX - x);
      if (along < 2) continue;
      // The next lane first, and in it what is closest in time; straight down stays in its lane.
      const distance = sideways ? along + across / 4 : along + across * 40;
      if (distance < shortest) { shortest = distance; best = item; }
    }
    return best;
  }

  function moveFocus(event) {
    const box = event.target.closest?.("[data-roving]");
    if (!box || event.altKey || event.ctrlKey || event.metaKey || event.target.matches("input, textarea, select")) return;
    const items = itemsOf(box), index = items.indexOf(event.target.closest("[data-roving-item], a, button"));
    if (index < 0) return;
    const list = box.dataset.roving !== "grid";
    const steps = { Home: items[0], End: items.at(-1) };
    if (list) Object.assign(steps, { ArrowDown: items[index + 1], ArrowUp: items[index - 1] });
    else if (event.key.startsWith("Arrow")) steps[event.key] = neighbour(items, items[index], event.key);
    if (!(event.key in steps)) return;
    event.preventDefault();
    steps[event.key]?.focus();
  }

  document.addEventListener("focusin", (event) => {
    const box = event.target.closest?.("[data-roving]");
    if (!box) return;
    const items = itemsOf(box);
    if (items.includes(event.target)) for (const item of items) item.tabIndex = item === event.target ? 0 : -1;
  });

  document.addEventListener("contextmenu", (event) => {
    const item = event.target.closest?.("[data-menu]");
    if (!item) return;
    event.preventDefault();
    send(item, "menu", {}, true);
  });

  // ---- shortcuts
  const off = () => { try { return localStorage.getItem("skranke.shortcuts") === "off"; } catch { return false; } };
  const typing = (target) => target.matches?.("input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]");

  function pressed(event) {
    const parts = [];
    if (event.ctrlKey) parts.push("Ctrl");
    if (event.altKey) parts.push("Alt");
    if (event.shiftKey && (event.altKey || event.ctrlKey || event.key.length > 1)) parts.push("Shift");
    // With Alt some keyboards give another sign: the key's own letter is what is printed on it.
    const letter = /^(Key[A-Z]|Digit\d)$/.test(event.code) ? event.code.slice(-1) : event.key;
    return [...parts, letter.length === 1 ? letter.toUpperCase() : letter].join("+");
  }

  // What stands in a menu that is closed has its key, too; what the page does not show has none.
  const closed = (item) => (item.matches("summary") ? item.parentElement.parentElement : item).closest("details:not([open])");
  const within = (item) => (closed(item) ?? item).offsetParent !== null;

  function shortcut(event) {
    if (event.defaultPrevented || off()) return;
    if (event.key === "?" && !typing(event.target)) {
      event.preventDefault();
      openDialog(document.getElementById("ui-shortcuts"));
      return;
    }
    const keys = pressed(event);
    if (!keys.includes("+") && typing(event.target)) return;
    const found = all("[data-shortcut]").find((item) => item.dataset.shortcut === keys && within(item));
    if (!found) return;
    event.preventDefault();
    const menu = closed(found);
    if (menu && found.matches("input, textarea, select, summary")) menu.open = true;
    if (found.matches("input, textarea, select")) { found.focus(); found.select?.(); } else { found.click(); }
  }

  function listShortcuts() {
    const list = document.querySelector("[data-shortcut-list]");
    if (!list) return;
    list.replaceChildren();
    const seen = new Set();
    for (const item of all("[data-shortcut]").filter(within)) {
      if (seen.has(item.dataset.shortcut)) continue;
      seen.add(item.dataset.shortcut);
      const name = document.createElement("dt"), what = document.createElement("dd");
      for (const part of item.dataset.shortcut.split("+")) {
        const key = document.createElement("kbd");
        key.textContent = part;
        name.append(key, " ");
      }
      const copy = item.cloneNode(true);
      all("kbd", copy).forEach((one) => one.remove());
      what.textContent = item.dataset.shortcutLabel || item.getAttribute("aria-label") || copy.textContent.trim();
      list.append(name, what);
    }
    const box = document.querySelector("[data-shortcut-switch]");
    if (box) box.checked = off();
  }

  // ---- the search in the top: its hits are there only while somebody searches
  const searching = () => document.activeElement?.closest(".search");

  function emptySearch() { all("[data-search-results]").forEach((one) => one.replaceChildren()); }

  document.addEventListener("focusin", (event) => { if (!event.target.closest?.(".search")) emptySearch(); });
  body.addEventListener("htmx:beforeSwap", (event) => {
    // An answer that comes after the person went on to something else.
    if (event.detail.target.matches?.("[data-search-results]") && !searching()) event.detail.shouldSwap = false;
  });

  // ---- dialogs, panels, menus
  let opener = null;

  function openDialog(dialog) {
    if (!dialog || dialog.open) return;
    if (dialog.id === "ui-shortcuts") listShortcuts();
    dialog.showModal();
  }

  function settlePanels(root) {
    for (const panel of withSelf("[data-panel]", root)) {
      (panel.querySelector("[data-error-summary]") ?? panel.querySelector("[autofocus]") ?? panel.querySelector("[tabindex='-1']"))?.focus();
    }
  }

  document.addEventListener("click", (event) => {
    const target = event.target;
    const open = target.closest?.("[data-dialog-open]");
    if (open) { event.preventDefault(); openDialog(document.getElementById(open.dataset.dialogOpen)); }
    if (target.closest?.("[data-print]")) window.print();
    if (target.closest?.("[data-dialog-close]")) target.closest("dialog")?.close();
    if (target instanceof HTMLDialogElement && target.classList.contains("dlg")) target.close();
    for (const menu of all("details:is(.drop, .filter)[open]")) if (!menu.contains(target)) menu.open = false;
    if (!target.closest?.(".search")) emptySearch();
  });

  document.addEventListener("toggle", (event) => {
    const menu = event.target;
    if (!menu.matches?.("details:is(.drop, .filter)") || !menu.open) return;
    for (const other of all("details:is(.drop, .filter)[open]")) if (other !== menu) other.open = false;
  }, true);

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = document.activeElement?.closest?.("details:is(.drop, .filter)[open]");
      if (menu) { menu.open = false; menu.querySelector("summary").focus(); return; }
      const results = event.target.closest?.(".search")?.querySelector("[data-search-results]");
      if (results?.childElementCount) { results.replaceChildren(); return; }
      const panel = event.target.closest?.("[data-panel]");
      if (panel && !document.querySelector("dialog:modal")) panel.querySelector("[data-panel-close]")?.click();
    }
    if (event.key === "ArrowDown" && event.target.matches?.(".search input")) {
      const first = event.target.form.querySelector("[data-search-results] a");
      event.preventDefault();
      if (first) first.focus(); else send(event.target, "recent", {});
    }
    if (event.key === "Enter" && event.ctrlKey && !event.shiftKey) {
      const form = event.target.closest?.("form[data-submit-key]");
      if (form) { event.preventDefault(); form.requestSubmit(); return; }
    }
    moveFocus(event);
    shortcut(event);
  });

  // ---- counters and attachments
  function count(field) {
    const place = document.querySelector(`[data-counter-for="${CSS.escape(field.id)}"]`), most = Number(field.dataset.counter);
    const used = [...field.value].length, over = used - most;
    if (!place) return;
    place.textContent = fill(over > 0 ? place.dataset.textOver : place.dataset.text, { n: used, max: most, over });
    place.classList.toggle("over", over > 0);
  }

  // What others will see of a field, in whole words and no more than its counter allows
  function mirror(field) {
    const place = document.querySelector(`[data-mirror-for="${CSS.escape(field.id)}"]`);
    if (!place) return;
    const text = [...field.value.trim()], most = Number(field.dataset.counter) || text.length;
    const shown = text.slice(0, most).join("");
    place.textContent = (text.length > most && !/\s/.test(text[most]) ? shown.replace(/\s+\S*$/, "") : shown.trimEnd()) || place.dataset.text;
  }

  function weigh(input) {
    const most = Number(input.dataset.maxBytes), sum = [...input.files].reduce((total, file) => total + file.size, 0);
    const place = document.getElementById(`${input.id}_sum`), names = document.getElementById(`${input.id}_names`), mega = 1048576;
    const tell = (octets) => (Math.ceil(octets / mega * 10) / 10).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });
    const tooLarge = sum > most;
    const text = place && fill(tooLarge ? place.dataset.textOver : place.dataset.text, { sum: tell(sum), max: tell(most) });
    if (place) { place.textContent = sum ? text : ""; place.classList.toggle("over", tooLarge); }
    if (names) names.textContent = [...input.files].map((file) => file.name).join(", ") || names.dataset.text;
    input.setAttribute("aria-invalid", String(tooLarge));
    send(input, "weighed", {}, true);
  }

  const buttonOf = (input) => document.querySelector(`[data-file-button="${CSS.escape(input.id)}"]`);

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-file-button]");
    if (button) document.getElementById(button.dataset.fileButton).click();
  });
  document.addEventListener("input", (event) => {
    if (event.target.dataset?.counter) count(event.target);
    if (event.target.dataset?.mirrored !== undefined) mirror(event.target);
  });
  document.addEventListener("change", (event) => {
    if (event.target.dataset?.maxBytes) weigh(event.target);
    if (event.target.matches?.("[data-shortcut-switch]")) {
      try { localStorage.setItem("skranke.shortcuts", event.target.checked ? "off" : "on"); } catch { /* private mode */ }
    }
    if (event.target.matches?.("[data-submit-on-change]")) event.target.form?.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    const heavy = event.target.querySelector("input[data-max-bytes][aria-invalid=true]");
    if (heavy) { event.preventDefault(); event.stopImmediatePropagation(); (buttonOf(heavy) ?? heavy).focus(); }
  }, true);

  // ---- drafts: what is written is kept while it is written, files at once, one save after the other
  const SAVE_AFTER = 800, SAVE_AGAIN = 5000;
  let saves = Promise.resolve(), saveTimer = 0;
  const savedAs = new WeakMap();
  const autosaved = (element) => element?.closest?.("form")?.querySelector("[data-autosave]") && element.closest("form");
  const written = (form) => JSON.stringify([...new FormData(form)].map(([name, value]) => [name, value.name ?? value]));

  async function saveDraft(form) {
    const place = form.querySelector("[data-autosave]"), now = written(form);
    if (!form.isConnected || savedAs.get(form) === now) return;
    const loaded = all("input[type=file]", form).filter((input) => input.files.length);
    try {
      const answer = await fetch(place.dataset.autosave, { method: "POST", body: new FormData(form) });
      if (![200, 422].includes(answer.status)) throw new Error("not kept");
      const focused = document.activeElement?.id, inside = place.contains(document.activeElement);
      place.innerHTML = await answer.text();
      for (const input of loaded) { input.value = ""; input.dataset.maxBytes = place.firstElementChild.dataset.room; weigh(input); }
      if (inside) (document.getElementById(focused) ?? form.querySelector("[data-file-button], textarea"))?.focus();
      savedAs.set(form, written(form));
      form.dataset.saved = "";
    } catch {
      // Offline, or the log-in has ended: the words stay in the page, and are kept when it goes again.
      place.querySelector("[data-not-saved]")?.remove();
      const told = document.createElement("p");
      told.className = "small over"; told.dataset.notSaved = ""; told.textContent = place.dataset.failed;
      place.append(told);
      saveTimer = setTimeout(() => saveSoon(form), SAVE_AGAIN);
    }
  }
  function saveSoon(form) { clearTimeout(saveTimer); saves = saves.then(() => saveDraft(form)); return saves; }

  for (const kind of ["input", "change"]) document.addEventListener(kind, (event) => {
    const form = autosaved(event.target);
    if (!form || event.target.matches("select[name=til], select[name=malvalg]")) return;
    delete form.dataset.saved;
    clearTimeout(saveTimer);
    if (event.target.type === "file" || event.target.closest("[data-autosave]")) {
      if (kind === "change" && event.target.getAttribute("aria-invalid") !== "true") saveSoon(form);
    } else saveTimer = setTimeout(() => saveSoon(form), SAVE_AFTER);
  });
  // A link away from what is written waits until it is kept.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]:not([hx-get], [target], [download])");
    const form = all("form").find((one) => one.querySelector("[data-autosave]"));
    if (!link || !form || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (form.dataset.saved !== undefined || !changedIn(form)) return;
    event.preventDefault();
    saveSoon(form).then(() => location.assign(link.href));
  });
  body.addEventListener("htmx:confirm", (event) => {
    const form = all("form").find((one) => one.querySelector("[data-autosave]"));
    if (!form || event.detail.triggeringEvent?.type === "live" || !event.detail.target?.contains(form)) return;
    clearTimeout(saveTimer);
    // What is sent now must not be kept after it; what is left behind must be kept before.
    const sends = event.detail.elt === form;
    if (!sends && !changedIn(form)) return;
    event.preventDefault();
    (sends ? saves : saveSoon(form)).then(() => event.detail.issueRequest());
  });

  // ---- what htmx brings
  function toast(kind) {
    const place = document.getElementById("ui-alert");
    if (!place) return;
    place.textContent = place.dataset[`text${kind}`];
    place.hidden = false;
    clearTimeout(toast.timer);
    toast.timer = setTimeout(() => { place.hidden = true; }, 12000);
  }

  // What can be undone for so many seconds goes when they have passed; the focus does not fall out of the page with it.
  function expire(element) {
    const end = Date.now() + Number(element.dataset.expires) * 1000, shown = element.querySelector("[data-seconds]");
    const timer = setInterval(() => {
      const left = Math.ceil((end - Date.now()) / 1000);
      if (shown) shown.textContent = Math.max(left, 0);
      if (element.isConnected && left > 0) return;
      clearInterval(timer);
      if (element.contains(document.activeElement)) document.querySelector(".conv[tabindex]")?.focus();
      element.remove();
    }, 250);
  }

  function arrive(root) {
    roam(root.closest?.("[data-roving]") ?? root);
    withSelf("[data-counter]", root).forEach(count);
    withSelf("dialog[data-dialog-auto]", root).forEach(openDialog);
    const told = withSelf("[data-announce]", root).map((one) => one.dataset.announce).join(" ");
    if (told) document.getElementById("ui-live").textContent = told;
    withSelf("[data-error-summary], [aria-invalid=true]", root)[0]?.focus();
    // A wide table scrolls sideways on a phone: the keyboard must reach it.
    for (const table of withSelf("table.t", root)) if (table.scrollWidth > table.clientWidth + 1) table.tabIndex = 0;
    withSelf("[data-expires]", root).forEach(expire);
    for (const list of withSelf("[data-scroll-end]", root)) list.scrollTop = list.scrollHeight;
    for (const pane of withSelf("[data-show-pane]", root)) pane.closest("[data-pane]").dataset.pane = pane.dataset.showPane;
  }

  // What is written and not sent is not thrown away without a question.
  const changed = (field) => (field.type === "file" ? field.files.length > 0 : field.value !== field.defaultValue);
  const changedIn = (form) => all("textarea, input:not([type=hidden], [type=checkbox])", form).some(changed);
  const unsent = () => all("form[data-guard]").find((form) =>
    form.dataset.saved === undefined && (form.dataset.unsent !== undefined || changedIn(form)));

  body.addEventListener("htmx:beforeRequest", (event) => {
    const form = unsent();
    if (form && event.detail.target?.contains(form) && !form.contains(event.detail.elt) && !confirm(form.dataset.guard)) event.preventDefault();
  });
  addEventListener("beforeunload", (event) => { if (unsent()) event.preventDefault(); });

  body.addEventListener("htmx:beforeRequest", (event) => {
    if (![event.detail.elt, document.activeElement].some((one) => one.closest("[data-panel]"))) opener = document.activeElement;
    if (event.detail.elt.matches("[data-panel-close]")) opener ??= document.getElementById(event.detail.elt.closest("[data-panel]").dataset.panel);
  });
  body.addEventListener("htmx:load", (event) => {
    const root = event.detail.elt;
    if (root === body) return;
    arrive(root);
    settlePanels(root);
  });
  body.addEventListener("htmx:afterSettle", () => {
    if (opener && document.activeElement === body) (opener.isConnected ? opener : document.getElementById(opener.id))?.focus();
    if (!document.querySelector("[data-panel]")) opener = null;
  });
  body.addEventListener("htmx:sendError", () => toast("Offline"));
  body.addEventListener("htmx:timeout", () => toast("Offline"));
  body.addEventListener("htmx:responseError", (event) => {
    const { status } = event.detail.xhr;
    if (status === 423) { lockScreen(); return; }
    // A background look that fails says nothing: the person did nothing.
    if (event.detail.requestConfig?.triggeringEvent?.type === "live") return;
    toast({ 401: "Denied", 403: "Denied", 413: "Large" }[status] ?? "Error");
  });

  arrive(document.documentElement);
  startLive();
})();
