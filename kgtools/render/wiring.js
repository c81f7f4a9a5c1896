function allowed(filter) {
  const boxes = all(`input[data-filter="${filter}"]`);
  return new Set(boxes.filter((box) => box.checked).map((box) => box.value));
}

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").replace(/[أإآ]/g, "ا").replace(/ى/g, "ي").toLowerCase();

// Whether one of the claims is of a source that is shown; what has no claim is of none and always shown.
function sourced(ids, sources) {
  return !ids.length || ids.some((id) => data.claims[id] && sources.has(data.claims[id].source));
}

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
  byId("search").addEventListener("input", search);
  byId("search").addEventListener("keydown", (event) => {
    const hits = event.key === "Enter" ? search() : [];
    if (hits.length) open(hits[0]);
  });
  refresh();
}
