// Opens every page of a run from disk, steps through it, and says what is wrong.
//
// usage: node runs.mjs FOLDER

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { axe, launch, RULES } from "./browser.mjs";

const [folder] = process.argv.slice(2);
const faults = [];
let stepped = 0;

const browser = await launch();
const names = (await readdir(folder)).sort();
for (const [number, name] of names.entries()) {
  const fault = (text) => faults.push(`${name}: ${text}`);
  const colorScheme = number % 2 ? "dark" : "light";
  const context = await browser.newContext({ colorScheme, reducedMotion: "reduce", viewport: { width: number % 3 ? 1200 : 360, height: 900 } });
  const page = await context.newPage();
  const url = pathToFileURL(join(folder, name)).href;
  page.on("console", (message) => fault(`console: ${message.text()}`));
  page.on("pageerror", (error) => fault(`error: ${error}`));
  page.on("dialog", (dialog) => fault(`it asks: ${dialog.message()}`));
  page.on("request", (request) => request.url() !== url && fault(`it asks for ${request.url()}`));
  await page.goto(url);
  const players = page.locator(".player");
  const count = await players.count();
  if (count === 0) fault("there is nothing to step through");
  for (let at = 0; at < count; at++) {
    const player = players.nth(at);
    const ids = await player.locator(".steps > li").evaluateAll((steps) => steps.map((step) => step.id));
    await player.focus();
    // Some players step by step, the others from end to end.
    const way = at === 0 && number % 3 === 0 ? ids.map((id) => ["ArrowRight", id]) : [["Home", ids[0]], ["End", ids.at(-1)]];
    for (const [key, id] of way) {
      await page.keyboard.press(key);
      const now = await player.locator("[aria-current]").getAttribute("id");
      if (now !== id) fault(`after a key the step is ${now} and not ${id}`);
      stepped += 1;
    }
  }
  await page.getByRole("button", { name: "Python" }).first().click();
  if ((await page.locator("samp.c:visible").count()) > 0) fault("C is shown beside Python");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) fault(`the page is ${wide} px too wide`);
  // The browser complains of what it does not let in.
  page.removeAllListeners("console");
  const inline = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "document.title = 'obeyed'";
    document.body.append(script);
    return document.title === "obeyed";
  }).catch(() => false);
  if (inline) fault("a script that is not ours runs");
  await context.close();
  // They are made of the same parts: some of them are looked at closely.
  if (number % 5 === 0) await look(name, url, colorScheme);
}

/** The rules of accessibility, in a page whose policy lets them in. */
async function look(name, url, colorScheme) {
  const context = await browser.newContext({ colorScheme, bypassCSP: true });
  const page = await context.newPage();
  await page.goto(url);
  await page.addScriptTag({ path: axe });
  const { violations } = await page.evaluate((rules) => axe.run(document, { runOnly: rules }), RULES);
  for (const { id, nodes } of violations) faults.push(`${name} (${colorScheme}): ${id}: ${nodes[0].html.slice(0, 120)} ${nodes[0].failureSummary}`);
  await context.close();
}

await browser.close();
console.log(`${names.length} pages, ${stepped} steps, ${faults.length} faults`);
[...new Set(faults)].slice(0, 60).forEach((text) => console.log(text));
process.exit(faults.length > 0 || names.length < 20 || stepped < 100 ? 1 : 0);
