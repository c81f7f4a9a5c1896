// What the page shows stands in its address, so that a link or a reopened file shows the same. A page writes and reads
// its own part in writeState and readState.
let kept = null;

function keepState() { clearTimeout(kept); kept = setTimeout(writeState, 150); }

function addressOfFilters() {
  const part = new URLSearchParams({ lang: language });
  all("input[data-filter]").filter((box) => !box.checked).forEach((box) => part.append("off", `${box.dataset.filter}:${box.value}`));
  if (byId("at") && byId("at-on").checked) part.set("at", monthText(Number(byId("at").value)));
  if (byId("known") && byId("known").value) part.set("known", byId("known").value);
  if (byId("degree") && Number(byId("degree").value)) part.set("least", byId("degree").value);
  return part;
}

function putAddress(part) {
  try { history.replaceState(null, "", `#${part}`); } catch { /* a frame without an address of its own */ }
}

// Take over the filters that the address asks for; what it names and the page has not is passed over.
function filtersOfAddress() {
  const part = new URLSearchParams(location.hash.slice(1)), off = new Set(part.getAll("off"));
  setLanguage(part.get("lang") || (navigator.language || "en").slice(0, 2));
  all("input[data-filter]").forEach((box) => { box.checked = !off.has(`${box.dataset.filter}:${box.value}`); });
  const at = part.get("at") || "", known = part.get("known") || "";
  if (byId("at")) byId("at-on").checked = /^\d{4}-\d\d$/.test(at);
  if (byId("at") && byId("at-on").checked) byId("at").value = monthNumber(`${at}-01`);
  if (byId("known")) byId("known").value = /^\d{4}-\d\d-\d\d$/.test(known) ? known : "";
  if (byId("degree")) byId("degree").value = /^\d{1,5}$/.test(part.get("least")) ? part.get("least") : "0";
  tellMonth();
  byId("search").value = part.get("find") || "";
  return part;
}
