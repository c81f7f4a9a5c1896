// What the page shows stands in its address, so that a link or a reopened file shows the same.
let kept = null;

function keepState() { clearTimeout(kept); kept = setTimeout(writeState, 150); }

function writeState() {
  const part = new URLSearchParams();
  if (language !== "en") part.set("lang", language);
  const off = all("input[data-filter]").filter((box) => !box.checked).map((box) => `${box.dataset.filter}:${box.value}`);
  off.forEach((one) => part.append("off", one));
  if (byId("at") && byId("at-on").checked) part.set("at", monthText(Number(byId("at").value)));
  if (byId("known") && byId("known").value) part.set("known", byId("known").value);
  if (state.wanted.trim()) part.set("find", state.wanted);
  if (state.chosen) part.set("open", state.chosen.source ? edgeKey(state.chosen) : state.chosen.id);
  if (state.depth) part.set("depth", String(state.depth));
  if (state.from) part.set("from", state.from.id);
  if (state.to) part.set("to", state.to.id);
  communities.forEach((one) => { if (one.open !== null) part.append(one.open ? "group" : "closed", one.name); });
  part.set("camera", [view.x, view.y, view.k].map((n) => Number(n.toPrecision(5))).join(","));
  try { history.replaceState(null, "", `#${part}`); } catch { /* a frame without an address of its own */ }
}

// Take over what the address says; what it names and the page has not is passed over.
function readState() {
  const part = new URLSearchParams(location.hash.slice(1));
  setLanguage(part.get("lang") || (navigator.language || "en").slice(0, 2));
  const off = new Set(part.getAll("off"));
  all("input[data-filter]").forEach((box) => { if (off.has(`${box.dataset.filter}:${box.value}`)) box.checked = false; });
  const at = part.get("at"), known = part.get("known");
  if (byId("at") && /^\d{4}-\d\d$/.test(at || "")) { byId("at-on").checked = true; byId("at").value = monthNumber(`${at}-01`); }
  if (byId("known") && /^\d{4}-\d\d-\d\d$/.test(known || "")) byId("known").value = known;
  tellMonth();
  byId("search").value = state.wanted = part.get("find") || "";
  state.depth = Math.min(Math.max(Number(part.get("depth")) || 0, 0), 3);
  byId("depth").value = String(state.depth);
  state.from = byNodeId.get(part.get("from")) || null;
  state.to = byNodeId.get(part.get("to")) || null;
  const [open, closed] = ["group", "closed"].map((key) => new Set(part.getAll(key)));
  communities.forEach((one) => { one.open = open.has(one.name) ? true : closed.has(one.name) ? false : null; });
  return { open: byNodeId.get(part.get("open")) || byEdgeKey.get(part.get("open")), camera: (part.get("camera") || "").split(",").map(Number) };
}
