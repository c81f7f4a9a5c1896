const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const all = (selector) => Array.from(document.querySelectorAll(selector));
const svg = byId("drawing"), panel = byId("panel");
const pointer = { dragged: false }; // so that the end of a drag is no click

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) { element.textContent = text; element.dir = "auto"; }
  return element;
}

// Evidence panel. Every text goes in as text, never as markup.
function claimBox(id, against) {
  const claim = data.claims[id];
  const box = make("article", against ? "claim against" : "claim");
  if (!claim) { box.append(make("p", "", id)); return box; }
  const hedge = claim.hedge_wording ? `${claim.hedge}: “${claim.hedge_wording}”` : claim.hedge;
  box.append(make("p", "who", claim.holder));
  box.append(make("p", "how", `${claim.stance} — ${hedge}${claim.valid ? ` — valid ${claim.valid}` : ""}`));
  box.append(make("p", "", claim.paraphrase));
  if (claim.passage) box.append(make("blockquote", "", claim.passage));
  box.append(make("p", "where", `${claim.source_title} (${claim.issued || "undated"}), ${claim.locator}`));
  if (claim.perspectives) box.append(make("p", "where", `perspective: ${claim.perspectives.join(", ")}`));
  if (claim.relayed_by) box.append(make("p", "where", `passed on by ${claim.relayed_by}`));
  box.append(make("p", "where", `${claim.id}; reading: ${claim.confidence} confidence`));
  return box;
}

function claimLists(target, claims, denials) {
  const denying = claims.filter((id) => data.claims[id] && data.claims[id].stance === "denies");
  const takingBack = claims.filter((id) => data.claims[id] && data.claims[id].stance === "retracts");
  const saying = claims.filter((id) => !denying.includes(id) && !takingBack.includes(id));
  const against = denying.concat(denials.filter((id) => !denying.includes(id)));
  if (saying.length) target.append(make("h3", "", `says so (${saying.length})`), ...saying.map((id) => claimBox(id, false)));
  if (against.length) target.append(make("h3", "", `denies it (${against.length})`), ...against.map((id) => claimBox(id, true)));
  if (takingBack.length) target.append(make("h3", "", `takes it back (${takingBack.length})`), ...takingBack.map((id) => claimBox(id, false)));
  if (!saying.length && !against.length && !takingBack.length) target.append(make("p", "status", "No claim."));
}

// One statement: its words, how it stands, and the claims for and against it.
function section(words, status, inferred, claims, denials) {
  const target = make("section");
  target.append(make("p", "sentence", words.join(" — ")));
  const through = inferred && status !== "inferred" ? "; inferred from claims" : "";
  if (status) target.append(make("p", "status", data.words[status] + through));
  claimLists(target, claims, denials);
  return target;
}

function show(heading, sections) {
  panel.replaceChildren(make("h2", "", heading), ...sections);
  panel.scrollTop = 0;
  panel.scrollIntoView({ block: "nearest" });
}

function choose(group) {
  all(".chosen").forEach((other) => other.classList.remove("chosen"));
  if (group) group.classList.add("chosen");
}
