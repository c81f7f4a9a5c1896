// Rows, filters, buttons and the address; then the page begins.
function writeState() {
  const part = addressOfFilters();
  if (wanted.trim()) part.set("find", wanted);
  if (chosen !== null) part.set("open", chosen);
  if (plot.moved()) part.set("camera", plot.camera());
  putAddress(part);
}

function readState() {
  const part = filtersOfAddress(), open = part.get("open");
  plot.look(part.get("camera") || "");
  refresh();
  search();
  if (open !== null && groups.has(open)) openMark(open); else clearChoice();
  const first = drawn.has(chosen) ? chosen : shownMarks().find((id) => plot.at(id).length);
  if (first !== undefined && plot.moved()) plot.roll(first);
}

all("tr[data-id]").forEach((row) => {
  row.tabIndex = 0;
  row.addEventListener("click", () => { openMark(row.dataset.id); panel.scrollIntoView({ block: "nearest" }); });
  row.addEventListener("keydown", (event) => { if (event.key === "Enter") { openMark(row.dataset.id); panel.focus(); } });
});
all("input[data-filter]").forEach((box) => box.addEventListener("change", refresh));
["at", "at-on", "known"].forEach((id) => byId(id) && byId(id).addEventListener("input", () => { tellMonth(); refresh(); }));
all("button[data-all]").forEach((button) => button.addEventListener("click", () => { allOrNone(button.dataset.all); refresh(); }));
byId("language").addEventListener("change", () => setLanguage(byId("language").value));
byId("search").addEventListener("input", search);
byId("search").addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  const hits = search();
  if (hits.length) { reveal(hits[0]); panel.focus(); } else announce(say("hits", 0));
});
Object.entries({ in: () => plot.zoom(1.3), out: () => plot.zoom(1 / 1.3), fit: () => plot.fit(), clear: clearChoice })
  .forEach(([id, act]) => byId(id).addEventListener("click", act));
wireSaving();
languageChanged.push(() => {
  writeWords();
  refresh();
  if (chosen !== null) openMark(chosen); else clearChoice();
});
new ResizeObserver(() => plot.draw()).observe(svg.parentElement);
readState();
window.addEventListener("hashchange", readState);
