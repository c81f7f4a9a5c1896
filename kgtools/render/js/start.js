// The page begins: words, colours, what the address asks for, and the first picture.
wireTools();
wireTable();
wireSaving();
readColours();
const asked_for = readState();
languageChanged.push(() => {
  widths.clear();
  if (state.chosen) openThing(state.chosen); else show(say("evidence"), [make("p", "", say("invitation"))]);
  tellPath();
  refresh();
});
resize();
refresh();
if (state.wanted) search();
if (asked_for.camera.length === 3 && asked_for.camera.every(Number.isFinite) && asked_for.camera[2] > 0) {
  [view.x, view.y, view.k] = asked_for.camera;
} else {
  fit();
}
if (asked_for.open) openThing(asked_for.open);
if (state.from || state.to) tellPath();
paintSoon();
afterPicture(() => nodes.forEach(textOf)); // so that the first search need not
window.addEventListener("hashchange", () => {
  const now = readState();
  refresh();
  if (now.open) openThing(now.open);
});
