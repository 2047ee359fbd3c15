// Looks at every page of the built book in a real browser, and says what is wrong with it.
//
// usage: node pages.mjs FOLDER MOMENTS [SCREENSHOTS]
//
// MOMENTS is a file with what the kernel has after each step of each lesson, as the traces tell it.

import { createServer } from "node:http";
import { readFile, readdir } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { axe, launch, RULES } from "./browser.mjs";

const [folder, moments, screenshots] = process.argv.slice(2);
const expected = JSON.parse(await readFile(moments, "utf8"));
const THEMES = ["light", "rust", "coal", "navy", "ayu"];
// Colours do not depend on the width, and what scrolls does not depend on the theme. Every kind of page is looked at in every
// theme; the other pages are made of the same parts, and are looked at in turn in a light and in a dark one.
const KINDS = ["index.html", "tcp-server.html", "thread-per-client.html", "from-the-tutorial.html", "errno.html", "states.html"];
// At 360 pixels axe takes a minute for these; they are made of the exercises of the chapters, which are looked at there.
const LONG = ["handout.html", "answers.html"];
const looks = (name) => [
  ...(LONG.includes(name) ? [] : [["light", 360]]),
  ...THEMES.filter((theme) => KINDS.includes(name) || theme === darkOrLight(name)).map((theme) => [theme, 1280]),
];
const darkOrLight = (name) => (names.indexOf(name) % 2 ? "coal" : "light");
const ALL = ["light", "coal"].flatMap((theme) => [360, 768, 1280].map((width) => [theme, width]));
const TYPES = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml" };

/** Serves the folder on loopback. */
async function serve() {
  const server = createServer(async (request, response) => {
    const path = join(folder, normalize(decodeURIComponent(new URL(request.url, "http://x").pathname)));
    try {
      const body = await readFile(path);
      response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

const faults = [];
const fault = (page, text) => faults.push(`${page}: ${text}`);
let looked = 0;
let stepped = 0;

/** In the page: the texts of pictures that reach out of their picture, into each other or into a line. */
function badTexts() {
  const bad = [];
  for (const svg of document.querySelectorAll("main :is(svg.rungs, svg.states)")) {
    const { width, height } = svg.viewBox.baseVal;
    const texts = [...svg.querySelectorAll("text")].map((text) => ({ says: text.textContent, box: text.getBBox() }));
    if (texts.length === 0) bad.push("a picture has no text");
    for (const { says, box } of texts) {
      const inside = box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height;
      if (!inside || box.width === 0) bad.push(`a text is not inside its picture: ${says}`);
    }
    texts.forEach(({ says, box: a }, i) => {
      // Rows are a little closer than their boxes.
      const meets = ({ box: b }) => a.x < b.x + b.width && b.x < a.x + a.width && Math.abs(a.y - b.y) < 9;
      const other = texts.slice(i + 1).find(meets);
      if (other) bad.push(`a text meets another one: ${says} / ${other.says}`);
    });
    // The lines of a ladder have holes for their labels; here a label stands beside its line.
    for (const path of svg.matches(".states") ? svg.querySelectorAll("path") : []) {
      for (let way = path.getTotalLength(); way >= 0; way -= 1) {
        const { x, y } = path.getPointAtLength(way);
        const on = texts.find(({ box }) => x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height);
        if (on) bad.push(`a line runs through a text: ${on.says}`);
      }
    }
  }
  return bad;
}

/** In the page: marks what looks exactly like a part before it in the same block, by its colours and its letters. */
function markSame() {
  const seen = new Set();
  for (const part of document.querySelectorAll("main pre span, main svg text, main .player :is(samp, p, pre, b, small, td, i)")) {
    const { color, backgroundColor, fill, opacity, fontSize, fontWeight } = getComputedStyle(part);
    const block = part.closest(".player li, pre, svg, table, .player");
    block.dataset.block ??= seen.size;
    const look = [block.dataset.block, color, backgroundColor, fill, opacity, fontSize, fontWeight].join();
    if (seen.has(look)) part.dataset.same = "";
    else delete part.dataset.same;
    seen.add(look);
  }
}

/** The page in one theme and width: nothing sticks out, nothing is pale. */
async function look(page, name, theme, width) {
  const where = `${name} (${theme}, ${width} px)`;
  await page.setViewportSize({ width, height: 900 });
  await page.evaluate((theme) => document.getElementById(`mdbook-theme-${theme}`).click(), theme);
  const used = await page.evaluate(() => document.documentElement.className);
  if (!used.includes(theme)) fault(where, `the theme is not set: ${used}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) fault(where, `the page is ${wide} px too wide`);
  for (const text of await page.evaluate(badTexts)) fault(where, text);
  await page.evaluate(markSame);
  const rules = width === 360 ? ["scrollable-region-focusable"] : ["color-contrast", "heading-order", "duplicate-id"];
  const parts = { include: [["main"]], exclude: [["[data-same]"]] };
  const result = await page.evaluate(([parts, rules]) => axe.run(parts, { runOnly: rules }), [parts, rules]);
  if (width !== 360 && result.passes.length === 0) fault(where, "no rule was checked");
  for (const violation of result.violations) {
    for (const node of violation.nodes) {
      fault(where, `${violation.id}: ${node.html.slice(0, 100)} ${node.any[0]?.message ?? node.failureSummary}`);
    }
  }
  if (screenshots) await page.screenshot({ path: join(screenshots, `${name}-${theme}-${width}.png`), fullPage: false });
  looked += 1;
}

/** Everything that can be scrolled, opened or followed is reached with the Tab key, and one sees where one is. */
async function tab(page, name) {
  const wanted = await page.evaluate(() => {
    const targets = [...document.querySelectorAll("main :is(.player, .player button, .player input, pre.ladder, .picture, summary, a[href]:not(.header))")];
    targets.forEach((target, i) => (target.dataset.target = i));
    return targets.filter((target) => target.checkVisibility()).length;
  });
  const reached = new Set();
  let last = null;
  for (let i = 0; i < 600 && last !== "end"; i++) {
    await page.keyboard.press("Tab");
    last = await page.evaluate(() => {
      const now = document.activeElement;
      if (now === document.body) return "end";
      const shows = [now, ...now.querySelectorAll("svg text")].some((part) => getComputedStyle(part).outlineStyle !== "none");
      if (!shows) now.dataset.target &&= "unseen";
      return now.dataset.target ?? "";
    });
    if (last === "unseen") fault(name, "what has the focus looks as if it had not");
    if (last !== "" && last !== "end") reached.add(last);
    if (reached.size === wanted) break;
  }
  if (reached.size < wanted) fault(name, `Tab reaches ${reached.size} of ${wanted}`);
}

/** In the page: what a player shows now, and what is wrong with how it shows it. */
function shown(player) {
  const bad = [];
  const seen = (part) => part.checkVisibility() && part.getClientRects().length > 0;
  const first = (cell) => [...cell.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data.trim()).join(" ").trim();
  const rows = [...player.querySelectorAll("tbody tr:not([hidden])")].filter(seen);
  const lines = (cell) => [...cell.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data.trim()).join("|");
  const sockets = rows.map((row) => `${first(row.cells[0])}|${lines(row.cells[2])}`);
  const current = [...player.querySelectorAll("[aria-current]")].map((step) => step.id);
  const [steps, aside] = [".steps", "aside"].map((part) => player.querySelector(part).getBoundingClientRect());
  const beside = getComputedStyle(player.querySelector(".both")).display === "grid";
  if (beside && steps.right > aside.left) bad.push("the table stands on the steps");
  for (const part of player.querySelectorAll("[aria-current] :is(p, pre), tr:not([hidden]) :is(td, th)")) {
    if (part.scrollWidth > part.clientWidth + 1) bad.push(`cut off: ${part.textContent}`);
  }
  if (document.documentElement.scrollWidth > innerWidth) bad.push("the page scrolls sideways");
  const later = player.querySelector(".later .m");
  if (later && getComputedStyle(later).visibility !== "hidden") bad.push("a later step is in the picture");
  return { sockets, current, bad, hash: location.hash };
}

/** In the page: what a player shows after each of these keys. */
function walk(player, keys) {
  return keys.map((key) => {
    player.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    return shown(player);
  });
}

/** The same with real keys. */
async function press(page, player, keys) {
  await player.focus();
  const all = [];
  for (const key of keys) {
    await page.keyboard.press(key);
    all.push(await player.evaluate((player) => shown(player)));
  }
  return all;
}

/** Through the players of a chapter: through all their steps, or only here and there. */
async function step(page, name, theme, width, thorough) {
  const where = `${name} (${theme}, ${width} px, stepping)`;
  const lesson = expected[name.replace(".html", "")];
  const players = page.locator("main .player");
  if ((await players.count()) === 0) return;
  await page.setViewportSize({ width, height: 900 });
  await page.evaluate((theme) => document.getElementById(`mdbook-theme-${theme}`).click(), theme);
  for (let at = 0; at < (await players.count()); at++) {
    const player = players.nth(at);
    const ids = await player.locator(".steps > li").evaluateAll((steps) => steps.map((step) => step.id));
    const ends = [["Home", ids[0]], ["End", ids.at(-1)], ["ArrowLeft", ids.at(-2) ?? ""], ["Escape", ""]];
    const way = [...(thorough ? ids.map((id) => ["ArrowRight", id]) : []), ...ends];
    const keys = way.map(([key]) => key);
    // One player of a chapter by real keys: the others get the same events, which is much quicker.
    const all = thorough && at === 0 ? await press(page, player, keys) : await player.evaluate((player, keys) => walk(player, keys), keys);
    all.forEach((now, i) => {
      const [key, id] = way[i];
      if (now.current.join() !== id || now.hash !== (id && `#${id}`)) fault(where, `${key} leads to ${now.current} ${now.hash} and not to ${id}`);
      for (const bad of now.bad) fault(where, `${id}: ${bad}`);
      const wanted = id && lesson?.[+id.split("-").pop() - 1];
      if (wanted && wanted.join() !== now.sockets.join()) fault(where, `${id}: the table has ${now.sockets} and not ${wanted}`);
      stepped += 1;
    });
  }
  // The first one is looked at while one steps.
  if (width === 768 || !KINDS.includes(name)) return;
  await players.first().evaluate((player) => walk(player, ["Home", "ArrowRight"]));
  const { violations } = await page.evaluate((rules) => axe.run(document.querySelector("main .player"), { runOnly: rules }), RULES);
  for (const { id, nodes } of violations) fault(where, `${id}: ${nodes[0].html.slice(0, 100)} ${nodes[0].failureSummary}`);
  await players.first().evaluate((player) => walk(player, ["Escape"]));
}

/** Without JavaScript, and in print, the same words are there, all steps and all that the kernel had. */
async function withoutScript(browser, url, name, words) {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(url);
  for (const media of ["screen", "print"]) {
    await page.emulateMedia({ media });
    const text = await page.locator("main").innerText();
    for (const word of words) {
      if (!text.includes(word)) fault(name, `without JavaScript, on ${media}, it lacks: ${word}`);
    }
    for (const part of [".steps > li", "tbody tr"]) {
      const parts = page.locator(`main .player ${part}`);
      const [all, visible] = [await parts.count(), await page.locator(`main .player ${part}:visible`).count()];
      if (all !== visible) fault(name, `without JavaScript, on ${media}, ${visible} of ${all} are there: ${part}`);
    }
    if ((await page.locator("main .player .bar:visible").count()) > 0) fault(name, `without JavaScript there is nothing to step with`);
  }
  if (words.length === 0) fault(name, "it has no headings");
  await context.close();
}

const server = await serve();
const browser = await launch();
const names = (await readdir(folder)).filter((name) => name.endsWith(".html") && !/^(404|print|toc)/.test(name));
const left = names.sort();

/** Looks at one page after the other, until none is left. */
async function lookAtPages() {
  const context = await browser.newContext({ reducedMotion: "reduce" });
  for (let name; (name = left.shift()); ) await lookAtPage(context, name);
  await context.close();
}

/** A page complains about nothing, in any theme and width. */
async function lookAtPage(context, name) {
  const url = `http://127.0.0.1:${server.address().port}/${name}`;
  const page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && fault(name, `console: ${message.text()}`));
  page.on("pageerror", (error) => fault(name, `error: ${error}`));
  await page.goto(url);
  await page.addScriptTag({ path: axe });
  await page.addScriptTag({ content: `${shown} ${walk}` });
  for (const [theme, width] of looks(name)) await look(page, name, theme, width);
  await page.evaluate(() => scrollTo(0, 0));
  // What can be reached is made of the same parts in all pages.
  if (KINDS.includes(name) || names.indexOf(name) % 3 === 0) await tab(page, name);
  // Where things stand does not depend on the theme, nor does what the table says on either. PLAYGROUND_RUNS asks for all.
  const all = "PLAYGROUND_RUNS" in process.env;
  for (const [theme, width] of all ? ALL : [["light", 1280], ["light", 768], ["coal", 360]]) {
    await step(page, name, theme, width, all || width === 1280);
  }
  const words = await page.locator("main h1, main h2").allInnerTexts();
  await page.close();
  await withoutScript(browser, url, name, words);
}

const count = names.length;
await Promise.all([lookAtPages(), lookAtPages(), lookAtPages()]);
await browser.close();
server.close();
console.log(`${looked} looks at ${count} pages, ${stepped} steps, ${faults.length} faults`);
[...new Set(faults)].slice(0, 60).forEach((text) => console.log(text));
process.exit(faults.length > 0 || looked < 50 || stepped < 1000 ? 1 : 0);
