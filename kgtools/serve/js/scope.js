// View and scope: the fields, what they put into a request, and how they are said in words.
const MANY = ["according-to", "excluding"], ONE = ["as-of", "known-by"], FLAGS = ["first-hand", "strict", "include-retracted"];

function scopeFields() {
  const found = [];
  if (byId("view").value !== "all") found.push(["view", byId("view").value]);
  ONE.forEach((name) => { const value = byId(name).value.trim(); if (value) found.push([name, value]); });
  MANY.forEach((name) => byId(name).value.split(/[\s,]+/).filter(Boolean).forEach((value) => found.push([name, value])));
  if (byId("least-confidence").value !== "low") found.push(["least-confidence", byId("least-confidence").value]);
  FLAGS.forEach((name) => { if (byId(name).checked) found.push([name, "true"]); });
  return found;
}

function setScope(parameters) {
  const view = parameters.get("view") || "all", confidence = parameters.get("least-confidence");
  byId("view").value = known.views.includes(view) ? view : "all";
  byId("least-confidence").value = ["moderate", "high"].includes(confidence) ? confidence : "low";
  ONE.forEach((name) => { byId(name).value = parameters.get(name) || ""; });
  MANY.forEach((name) => { byId(name).value = parameters.getAll(name).join(" "); });
  FLAGS.forEach((name) => { byId(name).checked = parameters.get(name) === "true"; });
  tellScope();
  return known.views.includes(view) ? "" : say("no-view", view);
}

function scopeWords(fields) {
  const parts = fields.some(([name]) => name === "view") ? [] : [say("said-view", "all")];
  const spoken = (name, value) => (name === "view" ? viewName(value) : name === "least-confidence" ? say(value) : value);
  fields.filter(([name]) => !MANY.includes(name)).forEach(([name, value]) => parts.push(FLAGS.includes(name) ? say(`said-${name}`) : say(`said-${name}`, spoken(name, value))));
  MANY.forEach((name) => {
    const values = fields.filter(([one]) => one === name).map(([, value]) => value);
    if (values.length) parts.push(say(`said-${name}`, values.join(", ")));
  });
  return parts.join(language === "ar" ? "، " : ", ");
}

function viewName(view) {
  const label = labelOf(`${known.prefixes.get("view")}${view}`);
  return language === "en" && label && label !== view ? `${view} (${label})` : view;
}

function showViews() {
  const chosen = byId("view").value;
  byId("view").replaceChildren(...known.views.map((view) => make("option", viewName(view), { value: view })));
  byId("view").value = known.views.includes(chosen) ? chosen : "all";
}

function tellScope() {
  const fields = scopeFields();
  byId("scope-said").textContent = fields.length ? scopeWords(fields) : say("scope-whole");
}

byId("scope").addEventListener("input", tellScope);
languageChanged.push(showViews, tellScope);
