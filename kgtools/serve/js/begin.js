// What begins when the page is there: fields, keys, and what the server offers.
const wide = matchMedia("(min-width: 1001px)");
const spread = () => { byId("library").open = wide.matches; };
spread();
wide.addEventListener("change", spread);
setLanguage(new URLSearchParams(location.hash.slice(1)).get("lang") || ownLanguage());
paint();
offerTo(area, offersInQuery);
MANY.forEach((name) => offerTo(byId(name), namesIn(SPEAKERS, true)));
area.addEventListener("input", keepAddressSoon);
byId("scope").addEventListener("change", keepAddressSoon);
byId("run").addEventListener("click", run);
byId("stop").addEventListener("click", stop);
byId("copy").addEventListener("click", copyLink);
byId("language").addEventListener("change", (event) => { setLanguage(event.target.value); keepAddress(); });
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); run(); }
});
window.addEventListener("hashchange", readAddress);

const fetched = async (name) => {
  const response = await fetch(`./query/${name}.json`, { credentials: "omit" });
  if (!response.ok) throw new Error(name);
  return response.json();
};
const terms = fetched("terms").then((document) => { takeIn(document); showViews(); return document.left_out ? say("terms-left-out", document.left_out) : ""; }, () => say("no-terms"));
const library = fetched("questions").then(takeQuestions, () => takeQuestions([]));
Promise.all([terms, library]).then(([problem]) => {
  readAddress();
  if (problem) notice(problem);
  document.documentElement.dataset.ready = "yes";
});
