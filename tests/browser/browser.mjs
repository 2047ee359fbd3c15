// What both judges need: a browser that asks for nothing by itself, and the rules of accessibility.

import { createRequire } from "node:module";
import { chromium } from "playwright-core";

export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  });

export const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** What axe looks for in a player. */
export const RULES = ["wcag2a", "wcag2aa", "best-practice"];
