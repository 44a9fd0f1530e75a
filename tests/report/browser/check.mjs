// Opens pages in a browser at two widths and in two colour schemes. Prints as JSON what is wrong with each; writes pictures if told where.
// Usage: node check.mjs PACKAGES BROWSER PICTURES-FOLDER-OR-"" FILE...
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";

const [packages, browserPath, pictures, ...files] = process.argv.slice(2);
const require = createRequire(join(packages, "x.js"));
const { default: puppeteer } = await import(pathToFileURL(require.resolve("puppeteer-core")).href);
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const faultsOfPage = () => {
  const width = document.documentElement.clientWidth;
  const faults = document.documentElement.scrollWidth > width ? [`the page is ${document.documentElement.scrollWidth} wide`] : [];
  for (const element of document.querySelectorAll("body *")) {
    if (!element.closest("table") && element.getBoundingClientRect().right > width + 0.5) faults.push(`${element.tagName} overflows`);
  }
  for (const text of document.querySelectorAll("svg[role] text")) {
    const [own, all] = [text.getBoundingClientRect(), text.closest("svg").getBoundingClientRect()];
    if (own.left < all.left - 1 || own.right > all.right + 1) faults.push(`a label is cut: ${text.textContent}`);
  }
  return faults;
};

const checked = async (browser, file, width, scheme) => {
  const page = await browser.newPage();
  const faults = [];
  const note = (text) => faults.push(text);
  page.on("console", (message) => note(`console: ${message.text()}`));
  page.on("pageerror", (error) => note(`script: ${error.message}`));
  page.on("request", (request) => request.url().startsWith("file:") || note(`asked for ${request.url()}`));
  await page.setViewport({ width, height: 800, isMobile: width < 600, hasTouch: width < 600 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.goto(pathToFileURL(file).href);
  const name = basename(file, ".html");
  if (pictures) await page.screenshot({ path: join(pictures, `${name}-${width}-${scheme}.png`), fullPage: true });
  await page.evaluate(() => document.querySelectorAll("details").forEach((each) => (each.open = true)));
  faults.push(...(await page.evaluate(faultsOfPage)));
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run({ resultTypes: ["violations"], preload: false }));
  faults.push(...violations.map((each) => `${each.id}: ${each.help} (${each.nodes[0].html.slice(0, 120)})`));
  await page.close();
  return { page: `${name} ${width} ${scheme}`, faults };
};

const browser = await puppeteer.launch({
  executablePath: browserPath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions"],
});
try {
  const results = [];
  for (const file of files)
    for (const width of [360, 1280])
      for (const scheme of ["light", "dark"]) results.push(await checked(browser, file, width, scheme));
  console.log(JSON.stringify(results));
} finally {
  await browser.close();
}
