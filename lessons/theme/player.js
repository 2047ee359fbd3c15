"use strict";
// Steps through a run. Without it the whole run is there, in order.
for (const player of document.querySelectorAll(".player")) {
    const all = (what) => [...player.querySelectorAll(what)];
    const steps = all(".steps > li");
    const [bar, range, said] = [".bar", ".bar input", ".bar output"].map((what) => player.querySelector(what));
    const dated = all("[data-from]");
    const still = matchMedia("(prefers-reduced-motion: reduce)");
    // The step that is shown, counted from 1; 0 if all are.
    let now = 0;
    const number = (step) => step.id.split("-").pop();
    const told = (step) => [...step.querySelectorAll("samp")].find((each) => each.offsetParent)?.textContent ?? "";

    const go = (to, scrolls = true) => {
        const jumps = Math.abs(to - now) > 1 || still.matches;
        now = Math.max(0, Math.min(steps.length, to));
        const step = steps[now - 1];
        player.classList.toggle("live", now > 0);
        steps.forEach((each, at) => {
            each.classList.toggle("later", now > 0 && at >= now);
            if (each === step) each.setAttribute("aria-current", "step");
            else each.removeAttribute("aria-current");
        });
        for (const part of dated) {
            const { from, to: end } = part.dataset;
            part.hidden = now > 0 && !(from <= now && now < (end ?? Infinity));
            part.classList.toggle("new", +from === now);
        }
        range.value = now;
        said.value = step ? `${number(step)}/${player.dataset.all} ${told(step)}` : said.dataset.idle;
        range.setAttribute("aria-valuetext", said.value);
        history.replaceState(null, "", step ? `#${step.id}` : location.pathname + location.search);
        if (step && scrolls) step.scrollIntoView({ block: "center", behavior: jumps ? "auto" : "smooth" });
    };

    const keys = { ArrowRight: () => now + 1, ArrowLeft: () => now - 1, Home: () => 1, End: () => steps.length, Escape: () => 0 };
    player.addEventListener("keydown", (event) => {
        const key = keys[event.key];
        if (!key || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        event.stopPropagation(); // A book turns pages with the same keys.
        go(key());
    });
    player.addEventListener("click", ({ target }) => {
        const by = target.closest("[data-by]")?.dataset.by;
        const at = steps.indexOf(target.closest("li"));
        if (by) go(by === "0" ? 0 : now + +by);
        else if (at >= 0 && getSelection().isCollapsed) go(at + 1, false);
    });
    range.addEventListener("input", () => go(+range.value));
    const follow = () => {
        const at = steps.findIndex((step) => `#${step.id}` === location.hash);
        if (at >= 0) go(at + 1);
    };
    addEventListener("hashchange", follow);
    bar.hidden = false;
    range.max = steps.length;
    follow();
}

// How calls are written, in all players; the choice is remembered, where that is allowed.
const show = (calls) => {
    document.documentElement.dataset.calls = calls;
    for (const each of document.querySelectorAll("[data-calls]:not(html)")) each.setAttribute("aria-pressed", each.dataset.calls === calls);
};
let calls = "c";
try {
    calls = localStorage.getItem("calls") ?? calls;
} catch {}
show(calls);
addEventListener("click", ({ target }) => {
    if (!target.matches("button[data-calls]")) return;
    show(target.dataset.calls);
    try {
        localStorage.setItem("calls", target.dataset.calls);
    } catch {}
});
