// A map: marks and words keep their size while it is zoomed, so that what is close together comes apart.
const WORDS = '12.5px system-ui, "Noto Sans", sans-serif', BESIDE = '11px system-ui, "Noto Sans", sans-serif';
const BADGE = 9, SHARES = [0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78]; // of the way, where words of a leg may stand
const home = svg.getAttribute("viewBox").split(" ").map(Number);
const { sites, legs, badges, states } = data.plot;
const measure = document.createElement("canvas").getContext("2d");
const badgeGroups = all("#drawing .badge"), names = svg.querySelector(".state-names");
const spots = badges.map(() => null); // of the numbers of routes that are seen
let camera = home.slice(), nameless = 0; // left, top, width, height

// How many pixels a unit of the map has, and where its corner is on the screen.
const size = { width: 0, height: 0 };
const scale = () => Math.min(size.width / camera[2], size.height / camera[3]) || 1;
const corner = (k) => [(size.width - camera[2] * k) / 2 - camera[0] * k, (size.height - camera[3] * k) / 2 - camera[1] * k];
const set = (element, values) => Object.entries(values).forEach(([name, value]) => element.setAttribute(name, value));

// A leg at a scale: from near one end to near the other, bent to a side.
function curveOf([x1, y1, x2, y2, bend], k, beside = 0) {
  const length = Math.hypot(x2 - x1, y2 - y1) || 1, [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length];
  const gap = Math.min(9 / k, length / 4), end = Math.min(12 / k, length / 3), side = bend * 2 + beside * 14 / k;
  return [[x1 + ux * gap, y1 + uy * gap], [(x1 + x2) / 2 - uy * side, (y1 + y2) / 2 + ux * side], [x2 - ux * end, y2 - uy * end]];
}
function along([start, pull, end], share) {
  const rest = 1 - share;
  return [0, 1].map((axis) => rest ** 2 * start[axis] + 2 * share * rest * pull[axis] + share ** 2 * end[axis]);
}
const pathOf = (curve) => `M${curve[0].map((n) => n.toFixed(2))} Q${curve[1].map((n) => n.toFixed(2))} ${curve[2].map((n) => n.toFixed(2))}`;
const meets = (box, taken) => taken.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3]);
const around = ([x, y], far) => [x - far, y - far, x + far, y + far];
const placed = (element, [x, y], k) => element.setAttribute("transform", `translate(${x.toFixed(2)} ${y.toFixed(2)}) scale(${(1 / k).toFixed(5)})`);

// What became of a mark in a comparison is said before there is no room left.
const isChanged = (id) => CHANGES.includes(marks[id].status);
const changedFirst = (of) => Object.keys(of).sort((a, b) => isChanged(b) - isChanged(a));

function drawMap() {
  if (svg.hasAttribute("hidden")) return;
  Object.assign(size, { width: svg.clientWidth, height: svg.clientHeight });
  const k = scale(), taken = [];
  set(svg, { viewBox: camera.map((n) => Number(n.toFixed(2))).join(" ") });
  all("#drawing marker").forEach((marker) => set(marker, { markerWidth: 12 / k, markerHeight: 12 / k }));
  Object.keys(sites).filter((id) => on.has(id)).forEach((id) => taken.push(around(sites[id].map((n) => n * k), 9)));
  nameless = 0;
  badges.forEach(([leg, share], n) => placeBadge(n, leg, share, k, taken));
  changedFirst(sites).forEach((id) => { placed(groups.get(id)[0], sites[id], k); nameSite(id, k, taken); });
  changedFirst(legs).forEach((id) => drawLeg(id, k, taken));
  nameStates(k, taken);
  writeNotes();
}

// The number of its route on a leg, where it covers nothing.
function placeBadge(n, leg, share, k, taken) {
  const there = on.has(leg) && on.has(badgeGroups[n].dataset.id), curve = curveOf(legs[leg], k);
  const box = (at) => around(at.map((one) => one * k), BADGE);
  spots[n] = (there && [share, ...SHARES].map((part) => along(curve, part)).find((at) => !meets(box(at), taken))) || null;
  badgeGroups[n].classList.toggle("off", !spots[n]);
  if (!spots[n]) { nameless += there ? 1 : 0; return; }
  placed(badgeGroups[n], spots[n], k);
  taken.push(box(spots[n]));
}

// The words of a place beside its mark, where they meet nothing.
function nameSite(id, k, taken) {
  const label = groups.get(id)[0].querySelector("text"), words = phrase(marks[id].label);
  measure.font = WORDS;
  const wide = measure.measureText(words).width, [x, y] = sites[id].map((n) => n * k);
  const found = on.has(id) && [["start", 11, 4], ["end", -11, 4], ["middle", 0, -13], ["middle", 0, 22]].find(([anchor, dx, dy]) => {
    const left = x + dx - { start: 0, end: wide, middle: wide / 2 }[anchor], box = [left, y + dy - 11, left + wide, y + dy + 3];
    if (left < 4 || left + wide > home[2] * k - 4 || meets(box, taken)) return false;
    taken.push(box);
    return true;
  });
  label.textContent = found ? words : "";
  if (found) set(label, { x: found[1], y: found[2], class: `place-name ${found[0]}` });
  else if (on.has(id)) nameless += 1;
}

function drawLeg(id, k, taken) {
  const [group] = groups.get(id), words = phrase(marks[id].label), label = group.querySelector("text"), curve = curveOf(legs[id], k);
  group.querySelector(".hit").setAttribute("d", pathOf(curve));
  group.querySelectorAll(".change").forEach((line) => line.setAttribute("d", pathOf(curve)));
  group.querySelectorAll(".leg").forEach((line, n) => line.setAttribute("d", pathOf(curveOf(legs[id], k, n))));
  measure.font = BESIDE;
  const half = measure.measureText(words).width / 2;
  const places = on.has(id) && words ? SHARES.flatMap((share) => { const [x, y] = along(curve, share); return [[x, y, 20], [x, y, -13]]; }) : [];
  const found = places.find(([x, y, dy]) => {
    const box = [x * k - half, y * k + dy - 10, x * k + half, y * k + dy + 3];
    if (meets(box, taken)) return false;
    taken.push(box);
    return true;
  });
  label.textContent = found ? words : "";
  if (found) { placed(label, found, k); set(label, { x: 0, y: found[2] }); } else if (places.length) nameless += 1;
}

function nameStates(k, taken) {
  measure.font = BESIDE;
  const named = states.map(([name, x, y]) => [say(`state:${name}`), x, y]);
  names.replaceChildren(...named.filter(([name, x, y]) => {
    const half = measure.measureText(name).width / 2 + 4, box = [x * k - half, y * k - 11, x * k + half, y * k + 3];
    return box[0] > 0 && box[1] > 0 && box[2] < home[2] * k && box[3] < home[3] * k && !meets(box, taken);
  }).map(([name, x, y]) => {
    const text = document.createElementNS("http://www.w3.org/2000/svg", "text");
    text.textContent = name;
    text.setAttribute("class", "state-name");
    placed(text, [x, y], k);
    return text;
  }));
}

// Where a mark is; a route is where the first of its numbers that is seen stands.
function spot(id) {
  if (legs[id]) return along(curveOf(legs[id], scale()), 0.34);
  return sites[id] || spots[badgeGroups.findIndex((group, n) => group.dataset.id === id && spots[n])] || null;
}
// Where it is on the screen; nowhere if it is outside the part that is seen.
function pixelOf(id) {
  const at = id !== null && spot(id), k = scale(), [left, top] = corner(k), [x, y] = at ? [at[0] * k + left, at[1] * k + top] : [-1, -1];
  return x >= 0 && y >= 0 && x <= size.width && y <= size.height ? [x, y] : [];
}
const inFrame = (id) => pixelOf(id).length > 0;
const ends = ([x1, y1, x2, y2], [x, y]) => (x1 === x && y1 === y) || (x2 === x && y2 === y);
const legsAt = (id) => Object.keys(legs).filter((leg) => on.has(leg) && ends(legs[leg], sites[id]));
let turning = null; // the place whose legs [ and ] go along

const plot = {
  scrolls: false,
  zooms: () => true,
  at: pixelOf,
  roll() {},
  draw: drawMap,
  zoom(factor, x = size.width / 2, y = size.height / 2) {
    const most = Math.min(Math.max(factor, camera[2] / (home[2] * 2)), camera[2] / (home[2] / 60)), k = scale(), [left, top] = corner(k);
    const at = [(x - left) / k, (y - top) / k];
    camera = [at[0] - (at[0] - camera[0]) / most, at[1] - (at[1] - camera[1]) / most, camera[2] / most, camera[3] / most];
    this.settle();
  },
  pan(dx, dy) {
    const k = scale();
    camera[0] = Math.min(Math.max(camera[0] - dx / k, home[0] - camera[2]), home[0] + home[2]);
    camera[1] = Math.min(Math.max(camera[1] - dy / k, home[1] - camera[3]), home[1] + home[3]);
    this.settle();
  },
  settle() { soon(drawMap); keepState(); },
  fit() { camera = home.slice(); this.settle(); },
  bring(id) {
    const at = spot(id);
    if (!at || inFrame(id)) return;
    camera[0] = at[0] - camera[2] / 2;
    camera[1] = at[1] - camera[3] / 2;
    this.settle();
  },
  next(from, [dx, dy]) {
    const [fx, fy] = spot(from);
    let best = null, least = Infinity;
    turning = null;
    shownMarks().forEach((id) => {
      const at = id !== from && spot(id);
      if (!at) return;
      const way = (at[0] - fx) * dx + (at[1] - fy) * dy, across = Math.abs((at[0] - fx) * dy) + Math.abs((at[1] - fy) * dx);
      if (way > 0 && across <= way * 2.5 && way + 2.2 * across < least) { best = id; least = way + 2.2 * across; }
    });
    return best;
  },
  turn(way) {
    if (sites[cursor]) turning = cursor;
    const at = (id) => on.has(id) && legsAt(id).includes(cursor);
    if (legs[cursor] && !(turning && at(turning))) turning = Object.keys(sites).find(at);
    const there = turning ? legsAt(turning) : [];
    if (!there.length) { announce(say("no-edges-here")); return; }
    goTo(there[(there.indexOf(cursor) + way + (there.includes(cursor) || way > 0 ? 0 : 1) + there.length) % there.length]);
  },
  moved: () => camera.some((n, at) => Math.abs(n - home[at]) > 0.01),
  // The middle and how much closer than at first; the same in a window of any size.
  camera: () => [camera[0] + camera[2] / 2, camera[1] + camera[3] / 2, home[2] / camera[2]].map((n) => Number(n.toPrecision(6))).join(","),
  look(text) {
    const [x, y, times] = text.split(",").map(Number);
    camera = home.slice();
    if (![x, y, times].every(Number.isFinite) || times < 0.5 || times > 60) return;
    if (x < home[0] - home[2] || x > home[0] + 2 * home[2] || y < home[1] - home[3] || y > home[1] + 2 * home[3]) return;
    camera = [x - home[2] / times / 2, y - home[3] / times / 2, home[2] / times, home[3] / times];
  },
  notes() {
    const outside = shownMarks().filter((id) => spot(id) && !inFrame(id)).length;
    return [nameless && say("names-left-out", nameless), outside && say("outside-frame", outside)].filter(Boolean);
  },
  frame: () => ({ ...size, viewBox: svg.getAttribute("viewBox"), k: scale() }),
  settled() {},
};
