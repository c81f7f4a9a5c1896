// Which claims count under the page's filters, and why an edge or a mark is shown or not.
function allowed(filter) {
  const boxes = all(`input[data-filter="${filter}"]`);
  return new Set(boxes.filter((box) => box.checked).map((box) => box.value));
}

// The months of the slider: number of months since year 0, as text and back.
const monthText = (n) => `${String(Math.floor(n / 12)).padStart(4, "0")}-${String((n % 12) + 1).padStart(2, "0")}`;
const monthNumber = (day) => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1;

function asked() {
  const at = byId("at"), known = byId("known");
  const by = {
    sources: allowed("source"), perspectives: allowed("perspective"), confidences: allowed("confidence"),
    at: at && byId("at-on").checked ? monthText(Number(at.value)) : "",
    known: known ? known.value : "",
    least: byId("degree") ? Math.max(0, Number(byId("degree").value) || 0) : 0,
  };
  by.passing = new Set(Object.keys(data.claims).filter((id) => counts(data.claims[id], by)));
  return by;
}

// A claim counts by its source, its perspectives, the editors' confidence, when it is said to hold, and what was known by
// a day. What has no date may hold, so it counts, as with --as-of and --known-by.
function counts(claim, by) {
  if (!by.sources.has(claim.source)) return false;
  if (!by.confidences.has(claim.confidence)) return false;
  if (claim.perspectives && !claim.perspectives.some((one) => by.perspectives.has(one))) return false;
  if (by.known && claim.known && claim.known > by.known) return false;
  if (!by.at || !claim.span) return true;
  const [start, end] = claim.span;
  return (!start || start.slice(0, 7) <= by.at) && (!end || end.slice(0, 7) >= by.at);
}

// The claims that count; what rests on no claim is of no source and always shown.
const counted = (ids, by) => ids.filter((id) => by.passing.has(id));
const stands = (ids, by) => !ids.length || ids.some((id) => by.passing.has(id));

function tellMonth() {
  if (!byId("at")) return;
  const text = monthText(Number(byId("at").value));
  byId("at-month").textContent = text;
  byId("at").setAttribute("aria-valuetext", text);
}

function allOrNone(filter) {
  const boxes = all(`input[data-filter="${filter}"]`);
  const on = boxes.some((box) => !box.checked);
  boxes.forEach((box) => { box.checked = on; });
}
