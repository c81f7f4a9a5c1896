// The list of what is offered to a field: by keys, by mouse, by touch.
const list = byId("offers");
let open = null; // { field, from, to, offers, at, offersAt }

function offerTo(field, offersAt) {
  field.setAttribute("aria-controls", "offers");
  field.setAttribute("aria-autocomplete", "list");
  if (field !== area) { field.setAttribute("role", "combobox"); field.setAttribute("aria-expanded", "false"); }
  field.addEventListener("input", (event) => {
    const typed = (event.inputType || "").startsWith("insert") && event.inputType !== "insertFromPaste" && event.inputType !== "insertLineBreak";
    if (!event.isComposing && (typed || (open && open.field === field))) offer(field, offersAt, false); else closeOffers();
  });
  field.addEventListener("compositionend", () => offer(field, offersAt, false));
  field.addEventListener("keydown", (event) => pressed(event, field, offersAt));
  field.addEventListener("blur", () => closeOffers());
  field.addEventListener("pointerdown", () => closeOffers());
}

function offer(field, offersAt, asked) {
  const at = field.selectionStart;
  if (at !== field.selectionEnd) { closeOffers(); return; }
  const { from, begun, offers } = offersAt(field.value, at);
  const enough = asked || begun.includes(":") || /^[?$<]/.test(begun) || [...begun].length > 1;
  // What stands there already whole is no news, and Enter is then to begin a line.
  const told = offers.filter((one) => one.text !== begun || asked);
  if (!enough || !told.length) {
    closeOffers();
    if (asked) announce(say("nothing-offered"));
    return;
  }
  const whole = !asked && offers.length > told.length;
  open = { field, from, to: at, offers: told, at: whole ? -1 : 0, offersAt };
  list.replaceChildren(...told.map(option));
  list.hidden = false;
  if (field !== area) field.setAttribute("aria-expanded", "true");
  placeList(field, from);
  choose(open.at);
  announce(say("offered", told.length));
}

function option({ text, kind, label }, n) {
  const row = make("div", "", { role: "option", id: `offer-${n}`, "aria-selected": "false", dir: "ltr" });
  const beside = make("span"), told = Object.hasOwn(languages[language], `kind:${kind}`) ? say(`kind:${kind}`) : "";
  if (label) beside.append(make("bdi", label.replace(/\s+/gu, " ")));
  if (told) beside.append(label ? " · " : "", make("bdi", told));
  row.append(make("code", text), beside);
  row.addEventListener("pointerdown", (event) => event.preventDefault());
  row.addEventListener("click", () => take(n));
  return row;
}

function placeList(field, from) {
  const box = field === area ? placeOf(from) : field.getBoundingClientRect();
  const [wide, high] = [document.documentElement.clientWidth, window.visualViewport ? window.visualViewport.height : window.innerHeight];
  const { width, height } = list.getBoundingClientRect();
  list.style.left = `${Math.max(4, Math.min(box.left, wide - width - 4))}px`;
  const below = box.bottom + 4;
  list.style.top = `${below + height > high && box.top > height ? box.top - height - 4 : below}px`;
}

function choose(n) {
  [...list.children].forEach((row, place) => row.setAttribute("aria-selected", String(place === n)));
  open.at = n;
  if (n < 0) { open.field.removeAttribute("aria-activedescendant"); return; }
  open.field.setAttribute("aria-activedescendant", `offer-${n}`);
  list.children[n].scrollIntoView({ block: "nearest" });
}

function take(n) {
  const { field, from, to, offers, offersAt } = open, { text, kind } = offers[n];
  closeOffers();
  replaceIn(field, from, to, text);
  closeOffers();
  if (kind === "prefix" && text.endsWith(":")) offer(field, offersAt, false);
}

function closeOffers() {
  if (!open) return;
  open.field.removeAttribute("aria-activedescendant");
  if (open.field !== area) open.field.setAttribute("aria-expanded", "false");
  open = null;
  list.hidden = true;
  list.replaceChildren();
}

function pressed(event, field, offersAt) {
  if (event.isComposing) return;
  if (event.key === " " && event.ctrlKey) { event.preventDefault(); offer(field, offersAt, true); return; }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (!open || open.field !== field) {
    if (event.key === "ArrowDown" && field !== area) { event.preventDefault(); offer(field, offersAt, true); }
    return;
  }
  const count = open.offers.length, step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
  if (step) choose(Math.abs(step) > 1 ? Math.max(0, Math.min(count - 1, open.at + step)) : (open.at + step + count) % count);
  else if ((event.key === "Enter" || event.key === "Tab") && open.at >= 0 && !event.shiftKey) take(open.at);
  else if (event.key === "Escape") closeOffers();
  else {
    if (["ArrowLeft", "ArrowRight", "Home", "End", "Enter", "Tab"].includes(event.key)) closeOffers();
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

window.addEventListener("resize", closeOffers);
window.addEventListener("scroll", (event) => { if (!list.contains(event.target)) closeOffers(); }, true);
