const svg = byId("drawing");
const pointer = { dragged: false }; // so that the end of a drag is no click

// Clicks and keys on what *selector* finds in the picture and on the rows of tables, filters and search.
function wire(selector, open, refresh, search) {
  svg.addEventListener("click", (event) => {
    const group = event.target.closest(selector);
    if (group && !pointer.dragged) open(group);
  });
  svg.addEventListener("keydown", (event) => {
    const group = event.target.closest(selector);
    if (group && (event.key === "Enter" || event.key === " ")) { event.preventDefault(); open(group); }
  });
  all("tr[data-id]").forEach((row) => {
    row.tabIndex = 0;
    row.addEventListener("click", () => { open(row); panel.scrollIntoView({ block: "nearest" }); });
    row.addEventListener("keydown", (event) => { if (event.key === "Enter") { open(row); panel.focus(); } });
  });
  all("input[data-filter]").forEach((box) => box.addEventListener("change", refresh));
  ["at", "at-on", "known"].forEach((id) => byId(id) && byId(id).addEventListener("input", () => { tellMonth(); refresh(); }));
  all("button[data-all]").forEach((button) => button.addEventListener("click", () => { allOrNone(button.dataset.all); refresh(); }));
  byId("language").addEventListener("change", () => setLanguage(byId("language").value));
  byId("search").addEventListener("input", search);
  byId("search").addEventListener("keydown", (event) => {
    const hits = event.key === "Enter" ? search() : [];
    if (hits.length) open(hits[0]);
  });
  tellMonth();
  setLanguage((navigator.language || "en").slice(0, 2));
  languageChanged.push(refresh);
  refresh();
}
