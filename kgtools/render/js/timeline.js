// A timeline: the script lays the lanes out for the width of the window and the time that is seen. Names keep their place.
const WORDS = '12px system-ui, "Noto Sans", sans-serif', NAME = '13px system-ui, "Noto Sans", sans-serif';
const ROW = 25, PAD = 6, TAIL = 34, LEAST = 7, TOP = 28, END = 24, LEAST_DAYS = 10;
const [FIRST, LAST] = data.plot.range;
const scroll = svg.parentElement, measure = document.createElement("canvas").getContext("2d");
const lanes = data.plot.lanes.map(([id, signed, ended]) => ({ id, signed, ended, marks: [] }));
const spans = new Map(data.plot.marks.map(([id, lane, begins, ends, period]) => [id, { id, lane: lanes[lane], begins, ends, period }]));
spans.forEach((span) => span.lane.marks.push(span));
const [stripes, standings, clip] = [".stripe", ".standing", "#within rect"].map((selector) => all(`#drawing ${selector}`));
const axis = svg.querySelector(".axis");
const aways = lanes.map(() => document.createElementNS("http://www.w3.org/2000/svg", "g"));
if (axis) axis.before(...aways);
let seen = [0, 0]; // from where to where lanes are drawn, less what is drawn beyond
let from = FIRST, to = LAST, width = 1080, left = 250, high = 0;

const widths = new Map();
const wide = (text, font) => {
  if (!widths.has(font + text)) { measure.font = font; widths.set(font + text, measure.measureText(text).width); }
  return widths.get(font + text);
};
const across = (day, a = from, b = to) => left + ((day - a) / (b - a)) * (width - left - END);
const set = (element, values) => { Object.entries(values).forEach(([name, value]) => element.setAttribute(name, value)); return element; };
const drawnAs = (tag, values) => set(document.createElementNS("http://www.w3.org/2000/svg", tag), values);
const shape = (d, name) => drawnAs("path", { d, class: name });
const write = (text, x, y, name) => { const element = drawnAs("text", { x, y, class: name }); element.textContent = text; return element; };

// Where a mark can begin first and last, and end first and last, in pixels; between the middle two it surely is.
function edgesOf({ begins, ends, period }, x) {
  const [b, e] = [begins || ends, ends || begins];
  let [x1, x2, x3, x4] = [x(b[0]), x(b[1]), x(e[0] + 1), x(e[1] + 1)];
  if (!ends) x3 = x4 = Math.max(x(b[1] + 1), x1);
  if (!begins) x1 = x2 = x(e[0]);
  if (x4 < x1) return [x4, x1, x1, x1]; // said to end before it begins: the span of both, and no more
  const sure = x2 < x3 && period;
  if (x4 - x1 < LEAST) {
    [x1, x4] = [(x1 + x4 - LEAST) / 2, (x1 + x4 + LEAST) / 2];
    return period ? [x1, x1, x4, x4] : [x1, x4, x4, x4];
  }
  return sure ? [x1, x2, x3, x4] : [x1, x4, x4, x4];
}
const reach = (span, [x1, , , x4]) => [span.begins ? x1 : x1 - TAIL, span.ends ? x4 : x4 + TAIL];

function shortened(text, room) {
  if (wide(text, WORDS) <= room) return text;
  let cut = Math.max(Math.floor(text.length * room / wide(text, WORDS)) - 1, 0);
  while (cut > 0 && wide(`${text.slice(0, cut).trimEnd()} …`, WORDS) > room) cut -= 1;
  return cut > 2 ? `${text.slice(0, cut).trimEnd()} …` : "";
}

// Rows of a lane for all of its time: closer up marks only come apart, so nothing has to change its row.
function pack(lane) {
  const rows = [];
  lane.shown = lane.marks.filter((span) => on.has(span.id));
  lane.shown.forEach((span) => {
    const [start, end] = reach(span, edgesOf(span, (day) => across(day, FIRST, LAST)));
    span.words = phrase(marks[span.id].label);
    const need = wide(span.words, WORDS) + 10, after = width - 4 - end, before = start - left;
    span.right = after >= need || (before < need && after >= before);
    span.kept = Math.min(need, Math.max(span.right ? after : before, 0)); // pixels for its words
    const box = span.right ? [start - 2, end + span.kept] : [start - span.kept - 2, end + 6];
    span.row = rows.findIndex((row) => row.every(([a, b]) => box[1] < a || box[0] > b));
    if (span.row < 0) span.row = rows.push([]) - 1;
    rows[span.row].push(box);
  });
  lane.label = left > 100 ? broken(Object.assign(measure, { font: NAME }), phrase(marks[lane.id].name), left - 22).slice(0, 4)
    : [shortenedName(phrase(marks[lane.id].name))];
  lane.head = left > 100 ? 0 : 20; // on a narrow screen the name stands above its marks
  lane.high = Math.max(lane.head + rows.length * ROW, lane.label.length * 16) + 2 * PAD;
}
const shortenedName = (text) => (wide(text, NAME) <= width - 16 ? text : `${text.slice(0, Math.floor(text.length * (width - 30) / wide(text, NAME)))} …`);

function arrange() {
  width = Math.max(scroll.clientWidth, 300);
  left = width < 640 ? 16 : 250;
  let y = TOP + 6;
  lanes.forEach((lane) => {
    if (!on.has(lane.id)) { lane.shown = []; return; }
    pack(lane);
    lane.y = y;
    y += lane.high;
  });
  high = y + 10;
}

function drawTimeline() {
  if (svg.hasAttribute("hidden")) return;
  arrange();
  svg.setAttribute("viewBox", `0 0 ${width} ${high}`);
  const side = left > 100 ? left - 8 : 0;
  clip.forEach((rect) => set(rect, { x: side, y: 0, width: width - side, height: high }));
  let odd = false;
  lanes.forEach((lane, n) => { drawLane(lane, n, odd); if (lane.shown.length) odd = !odd; });
  drawTime();
}

function drawLane(lane, n, odd) {
  const [group] = groups.get(lane.id), there = lane.shown.length > 0;
  stripes[n].classList.toggle("off", !there || odd);
  if (!there) return;
  set(stripes[n], { x: 0, y: lane.y, width, height: lane.high });
  set(group.querySelector(".hit"), { x: 0, y: lane.y, width: left > 100 ? left - 10 : width, height: lane.head || lane.high });
  group.querySelectorAll("text").forEach((text) => text.remove());
  group.append(...lane.label.map((line, at) => write(line, 8, lane.y + PAD + 13 + 16 * at, "lane-name")));
}

// What the part of time that is seen decides: lines of the axis, marks with their words, how long agreements stand.
function drawTime(whole = false) {
  const [top, bottom] = whole ? [0, high] : [scroll.scrollTop - 200, scroll.scrollTop + scroll.clientHeight + 200];
  seen = [top + 150, bottom - 150];
  lanes.forEach((lane, n) => {
    standings[n].classList.toggle("off", !lane.shown.length || lane.signed === null);
    if (!lane.shown.length) { aways[n].replaceChildren(); return; }
    if (lane.y > bottom || lane.y + lane.high < top) return; // drawn when it is scrolled to
    const [x1, x2] = [across(lane.signed), lane.ended === null ? across(lane.signed) + TAIL : across(lane.ended)];
    standings[n].setAttribute("d", `M${x1.toFixed(1)},${lane.y + lane.high - 4} H${x2.toFixed(1)}${lane.ended === null ? " m-5,-3 l5,3 l-5,3" : ""}`);
    const rows = [];
    lane.away = [0, 0];
    lane.shown.forEach((span) => (rows[span.row] ||= []).push(Object.assign(span, { at: edgesOf(span, across) })));
    rows.forEach((row) => row.sort((a, b) => a.at[0] - b.at[0]).forEach((span, at) => drawMark(span, row[at - 1], row[at + 1])));
    tellAway(lane, n);
  });
  const ticks = ticksOf(from, to, width - left - END), grid = ticks.map(([day]) => `M${across(day).toFixed(1)},${TOP - 2}V${high - 6}`);
  svg.querySelector(".grid").setAttribute("d", grid.join("") || "M0,0");
  axis.querySelectorAll("text").forEach((text) => text.remove());
  const fits = ([day, words]) => {
    const [x, half] = [across(day), wide(words, WORDS) / 2];
    return x + half < width - 2 && x - half > (left > 100 ? left - 20 : 2);
  };
  axis.append(...ticks.filter(fits).map(([day, words]) => write(words, across(day).toFixed(1), 18, "tick")));
  axis.querySelector("rect").setAttribute("width", width);
  keepAxis();
  writeNotes();
}
const keepAxis = () => axis && axis.setAttribute("transform", `translate(0 ${scroll.scrollTop})`);
scroll.addEventListener("scroll", () => {
  keepAxis();
  if (scroll.scrollTop < seen[0] || scroll.scrollTop + scroll.clientHeight > seen[1]) soon(() => drawTime());
});

function drawMark(span, before, after) {
  const [group] = groups.get(span.id), mark = marks[span.id], status = mark.stands || mark.status;
  const [x1, x2, x3, x4] = span.at, [start, end] = reach(span, span.at);
  const y = span.lane.y + PAD + span.lane.head + span.row * ROW + ROW / 2, n = (value) => value.toFixed(1);
  const away = end < left ? -1 : start > width ? 1 : 0;
  group.classList.toggle("away", away !== 0);
  span.until = end;
  if (away) { span.lane.away[away < 0 ? 0 : 1] += 1; return; }
  const parts = [], day = !span.period && span.begins && span.begins[0] === span.begins[1];
  if (CHANGES.includes(mark.status)) {
    const [a, b] = [Math.min(x1 - 5, (x1 + x4) / 2 - 11), Math.max(x4 + 5, (x1 + x4) / 2 + 11)];
    parts.push(shape(`M${n(a)},${y - 10.5} H${n(b)} v21 H${n(a)} z`, `line ${mark.status}`));
  }
  if (day) parts.push(shape(`M${n((x1 + x4) / 2)},${y - 7} l7,7 l-7,7 l-7,-7 z`, `mark-day ${status}`));
  else {
    if (x1 !== x2 || x3 !== x4) parts.push(shape(`M${n(x1)},${y - 6} H${n(x4)} v12 H${n(x1)} z`, `bar soft ${status}`));
    if (x2 < x3) parts.push(shape(`M${n(x2)},${y - 6} H${n(x3)} v12 H${n(x2)} z`, `bar ${status}`));
    if (!span.ends) parts.push(shape(`M${n(x4)},${y} h30 m-6,-5 l7,5 l-7,5`, `tail ${status}`));
    if (!span.begins) parts.push(shape(`M${n(x1)},${y} h-30 m6,-5 l-7,5 l7,5`, `tail ${status}`));
  }
  const text = wordsOf(span, before, after, y);
  const hit = group.querySelector(".hit");
  set(hit, { x: n(x1 - 3), y: y - 11, width: n(x4 - x1 + 6), height: 22 });
  group.replaceChildren(hit, group.querySelector("title"), ...parts, text);
}

// The words of a mark on the side that they had for all of its time, on the other where that has more room now, or
// within a bar that leaves neither.
function wordsOf(span, before, after, y) {
  const [x1, , , x4] = span.at, [start, end] = reach(span, span.at), need = wide(span.words, WORDS);
  const next = after ? reach(after, after.at)[0] - (after.right ? 0 : after.kept) : width;
  const rooms = { right: Math.min(next, width - 4) - end - 10, left: start - Math.max(before ? before.until : left, left) - 10 };
  const within = Math.min(x4, width) - Math.max(x1, left) - 16, [own, other] = span.right ? ["right", "left"] : ["left", "right"];
  const side = rooms[own] >= need || rooms[own] >= rooms[other] ? own : other;
  if (within > rooms[side] && rooms[side] < need) return write(shortened(span.words, within), Math.max(x1, left) + 6, y + 4, "mark-words within");
  const text = shortened(span.words, rooms[side]);
  if (side === "right") span.until = end + wide(text, WORDS) + 12;
  return write(text, (side === "right" ? end + 6 : start - 6).toFixed(1), y + 4, `mark-words ${side === "right" ? "start" : "end"}`);
}

// How many marks of a lane lie before and after the time that is seen.
function tellAway(lane, n) {
  const [before, after] = lane.away, y = lane.y + lane.high - 7;
  aways[n].replaceChildren(
    ...(before ? [write(`‹ ${before}`, left, y, "away-words")] : []), ...(after ? [write(`${after} ›`, width - 6, y, "away-words end")] : []),
  );
}

function look(a, b) {
  const long = Math.min(Math.max(b - a, LEAST_DAYS), LAST - FIRST), start = Math.min(Math.max(a, FIRST), LAST - long);
  [from, to] = [start, start + long];
}
const spot = (span) => (edgesOf(span, across)[0] + edgesOf(span, across)[3]) / 2;
const inTime = (span) => { const [x1, , , x4] = edgesOf(span, across); return x4 >= left && x1 <= width - END / 2; };

const plot = {
  scrolls: true,
  at: (id) => (spans.has(id) && on.has(id) && inTime(spans.get(id)) ? [Math.min(Math.max(spot(spans.get(id)), left), width)] : []),
  zooms: (x) => x > left - 10,
  draw: drawTimeline,
  zoom(factor, x = (left + width - END) / 2) {
    const day = from + ((x - left) / (width - left - END)) * (to - from), long = Math.min(Math.max((to - from) / factor, LEAST_DAYS), LAST - FIRST);
    look(day - (day - from) * long / (to - from), day + (to - day) * long / (to - from));
    this.settle();
  },
  pan(dx, dy) {
    const days = (-dx / (width - left - END)) * (to - from);
    look(from + days, to + days);
    scroll.scrollTop -= dy;
    this.settle();
  },
  settle() { soon(() => drawTime()); keepState(); },
  fit() { look(FIRST, LAST); this.settle(); },
  bring(id) {
    const span = spans.get(id);
    if (span && !inTime(span)) {
      const middle = from + ((spot(span) - left) / (width - left - END)) * (to - from), half = (to - from) / 2;
      look(middle - half, middle + half);
      this.settle();
    }
    this.roll(id);
  },
  roll(id) {
    const span = spans.get(id), lane = span ? span.lane : lanes.find((one) => one.id === id);
    if (!lane || !on.has(id)) return;
    const y = lane.y + (span ? lane.head + span.row * ROW : 0);
    if (y < scroll.scrollTop + TOP) scroll.scrollTop = y - TOP;
    if (y + ROW + PAD > scroll.scrollTop + scroll.clientHeight) scroll.scrollTop = y + ROW + 2 * PAD - scroll.clientHeight;
  },
  // Left and right go along a lane, whose name is its first stop; up and down to what is nearest in time on the next lane.
  next(id, [dx, dy]) {
    const span = spans.get(id), there = lanes.filter((lane) => lane.shown.length), lane = span ? span.lane : lanes.find((one) => one.id === id);
    const inOrder = (one) => [one.id, ...one.shown.map((other) => other.id)]; // the data have them in order of time
    if (dx) return inOrder(lane)[inOrder(lane).indexOf(id) + dx] ?? null;
    const other = there[there.indexOf(lane) + dy];
    if (!other || !span) return other ? other.id : null;
    return other.shown.reduce((best, one) => (Math.abs(spot(one) - spot(span)) < Math.abs(spot(best) - spot(span)) ? one : best)).id;
  },
  turn(way) { goTo(this.next(cursor, [way, 0])); },
  moved: () => from > FIRST || to < LAST,
  camera: () => `${dayText(from)},${dayText(to)}`,
  look(text) {
    const days = /^\d{4}-\d\d-\d\d,\d{4}-\d\d-\d\d$/.test(text) ? text.split(",").map((day) => Date.parse(day) / 864e5 + EPOCH) : [];
    if (days.length && days.every(Number.isFinite) && days[0] < days[1]) look(...days); else look(FIRST, LAST);
  },
  notes() {
    if (!this.moved()) return [];
    const outside = [...spans.values()].filter((span) => on.has(span.id) && !inTime(span));
    return [say("time-shown", dayText(from), dayText(to)), say("outside-frame", outside.length)];
  },
  frame() { drawTime(true); return { width, height: high, viewBox: `0 0 ${width} ${high}`, k: 1 }; },
  settled(picture) { // the axis is on top, however far the page is scrolled
    const top = picture.querySelector("[transform]");
    if (top) top.removeAttribute("transform");
  },
};
