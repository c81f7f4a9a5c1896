// What the graph adds to the address: what is chosen, neighbourhood, way, groups and camera.
function writeState() {
  const part = addressOfFilters();
  if (state.wanted.trim()) part.set("find", state.wanted);
  if (state.chosen) part.set("open", state.chosen.source ? edgeKey(state.chosen) : state.chosen.id);
  if (state.depth) part.set("depth", String(state.depth));
  if (state.from) part.set("from", state.from.id);
  if (state.to) part.set("to", state.to.id);
  communities.forEach((one) => { if (one.open !== null) part.append(one.open ? "group" : "closed", one.name); });
  part.set("camera", [view.x, view.y, view.k].map((n) => Number(n.toPrecision(5))).join(","));
  putAddress(part);
}

function readState() {
  const part = filtersOfAddress();
  state.wanted = byId("search").value;
  state.depth = Math.min(Math.max(Number(part.get("depth")) || 0, 0), 3);
  byId("depth").value = String(state.depth);
  state.from = byNodeId.get(part.get("from")) || null;
  state.to = byNodeId.get(part.get("to")) || null;
  const [open, closed] = ["group", "closed"].map((key) => new Set(part.getAll(key)));
  communities.forEach((one) => { one.open = open.has(one.name) ? true : closed.has(one.name) ? false : null; });
  return { open: byNodeId.get(part.get("open")) || byEdgeKey.get(part.get("open")), camera: (part.get("camera") || "").split(",").map(Number) };
}
