// Walks every page as each role in Debian's Chromium: forbidden ones are refused, axe-core finds nothing, no request leaves the host, a page weighs at most 250 kB; the keyboard alone and no
// JavaScript are enough. Prints "N passed, N failed".
//
//   node tests/web/walk.mjs CUSTOS [SCREENSHOTS]
import { spawn, execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import readline from "node:readline";

const source = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const require = createRequire(join(source, "web/package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

// The release build, where the test run made one: sixteen hundred checks want quick pages, and serve-cases has the one with the sanitizers.
const release = process.env.CUSTOS_RELEASE && join(process.env.CUSTOS_RELEASE, "src/cli/custos");
const custos = release && existsSync(release.replace("src/cli/custos", "src/web/custosd")) ? release : resolve(process.argv[2]), pictures = process.argv[3] && resolve(process.argv[3]);
const work = mkdtempSync(join(tmpdir(), "custos-walk-"));
const PASSWORD = "three unrelated words", WEIGHT = 250_000;
let passed = 0, failed = 0;
function check(good, what) {
  if (good) passed++;
  else {
    failed++;
    console.log("failed: " + what);
  }
}

// --- the server, with the story's phone ---

execFileSync(join(source, "bench/make-phone"), ["--os", "android", "--story", "-o", join(work, "story.zip"), "--truth", join(work, "truth.jsonl")], { stdio: "ignore" });
const server = spawn(custos, ["serve", "--data", join(work, "casebook"), "--evidence", work, "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "inherit"] });
const lines = readline.createInterface({ input: server.stdout })[Symbol.asyncIterator]();
const origin = (await lines.next()).value.replace("listening on ", "");
const first = (await lines.next()).value.replace("first administrator: ", "");

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

async function person(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, ...options });
  const page = await context.newPage();
  page.weight = 0;
  page.on("request", (r) => check(r.url().startsWith(origin + "/"), "a request leaves the host: " + r.url()));
  page.on("response", async (r) => {
    const size = await r.request().sizes().catch(() => null);
    if (size) page.weight += size.responseBodySize + size.responseHeadersSize;
  });
  page.on("pageerror", (e) => check(false, "a script's fault on " + page.url() + ": " + e.message));
  page.on("console", (m) => {
    if (m.type() === "error" && !/status of (403|404|422|409)/.test(m.text())) check(false, "the console of " + page.url() + " says: " + m.text());
  });
  return page;
}

async function signIn(page, name) {
  await page.goto(origin + "/sign-in");
  await page.fill("#name", name);
  await page.fill("#password", PASSWORD);
  await page.click("button.govuk-button");
  await page.waitForURL(origin + "/");
}

async function take(page, link, name, display) {
  await page.goto(link);
  await page.fill("#name", name);
  await page.fill("#display_name", display);
  await page.fill("#password", PASSWORD);
  await page.fill("#again", PASSWORD);
  await page.click("button.govuk-button");
  await page.waitForURL(origin + "/sign-in");
}

async function look(page, path, role, wholly, picture) {
  page.weight = 0;
  const answer = await page.goto(origin + path, { waitUntil: wholly ? "networkidle" : "load" });
  check(answer.status() === 200, `${role} opens ${path}: ${answer.status()}`);
  check(page.weight <= WEIGHT, `${path} weighs ${page.weight} bytes`);
  const headings = await page.locator("h1").count();
  check(headings === 1, `${path} has ${headings} first headings`);
  if (!wholly) return;
  await page.evaluate(axe); // the tool's own script: by the browser's debugger, which the page's policy does not bind
  const found = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  check(found.violations.length === 0, `axe on ${path} (${role}): ` + found.violations.map((v) => v.id + " " + v.nodes.slice(0, 3).map((n) => n.target + " " + n.html.slice(0, 120)).join(" | ")).join("; "));
  if (pictures && picture) {
    mkdirSync(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, picture + ".png") });
  }
}

try {
  // --- officers of each role, made by the pages ---
  const admin = await person();
  await take(admin, first, "ada", "Ada Admin");
  await signIn(admin, "ada");
  await admin.goto(origin + "/admin/places");
  await admin.fill("#csv", "prison_id,name,active\nFHI,Fernhill (HMP),1\nOGI,Oldgate (HMP & YOI),1\n");
  await admin.click("main button.govuk-button");
  const roles = ["examiner", "investigator", "safeguarding", "gate", "access supervisor", "liaison", "auditor"], pages = { administrator: admin };
  for (const role of roles) {
    const name = role.replace(" ", "-");
    await admin.goto(origin + "/admin/officers/new");
    await admin.fill("#name", name);
    await admin.fill("#display_name", "Officer " + role);
    await admin.check(`input[name=roles][value="${role}"]`);
    await admin.click("main button.govuk-button");
    const link = await admin.locator("code").innerText();
    pages[role] = await person();
    await take(pages[role], link, name, "Officer " + role);
    await signIn(pages[role], name);
  }

  // --- a day's work: a find, its phone, a case; the upload goes in pieces, by the page's script ---
  const gate = pages.gate, examiner = pages.examiner, investigator = pages.investigator;
  await gate.goto(origin + "/exhibits/new");
  await gate.keyboard.press("Tab"); // the skip link
  for (const [id, text] of [["reference", "FHI/1"], ["bag", "B0001"], ["seal", "S0001"], ["description", "black phone, broken glass"], ["found_where", "cell B2-14"], ["found_by", "Officer gate"]]) await gate.fill("#" + id, text);
  await gate.selectOption("#establishment", "FHI");
  await gate.click("main button.govuk-button");
  check(/\/exhibits\/1$/.test(gate.url()), "the gate registers an exhibit: " + gate.url());
  await examiner.goto(origin + "/exhibits/1/evidence");
  await examiner.setInputFiles("#file", join(work, "story.zip"));
  await examiner.click("main button.govuk-button");
  await examiner.waitForURL(origin + "/exhibits/1");
  check((await examiner.locator("main").innerText()).includes("story.zip"), "the upload came through");
  await examiner.click("button:text-is('Examine')");
  await examiner.waitForURL(/examinations/);
  await examiner.waitForSelector("text=done", { timeout: 60000 }); // told by server-sent events
  await investigator.goto(origin + "/people/new");
  await investigator.fill("#surname", "Example");
  await investigator.fill("#forenames", "Ann");
  await investigator.fill("#number", "A1234BC");
  await investigator.click("main button.govuk-button");
  await investigator.goto(origin + "/cases/new");
  await investigator.fill("#reference", "C/2026/1");
  await investigator.fill("#title", "A post from Fernhill");
  await investigator.click("main button.govuk-button");
  for (const [part, fields] of [["person", { number: "A1234BC" }], ["exhibit", { reference: "FHI/1" }], ["note", { text: "Reported by the public." }], ["task", { title: "Ask the platform to preserve" }]]) {
    await investigator.goto(origin + "/cases/1/" + part);
    for (const [id, text] of Object.entries(fields)) await investigator.fill("#" + id, text);
    if (part === "task") await investigator.selectOption("#role", "liaison");
    await investigator.click("main button.govuk-button");
    check(investigator.url() === origin + "/cases/1", `a ${part} is added to the case: ` + investigator.url());
  }

  // --- every page, as each role ---
  const CONTENTS = ["examiner", "investigator", "safeguarding", "liaison"], ALL = Object.keys(pages);
  const thread = (await (await examiner.request.get(origin + "/api/v1/exhibits/1/conversations")).json()).threads[0].id;
  const table = [
    ["/", ALL, "home"], ["/exhibits", ALL.filter((r) => r !== "access supervisor"), "exhibits"], ["/exhibits/1", ALL.filter((r) => r !== "access supervisor"), "exhibit"],
    ["/exhibits/new", ["examiner", "investigator", "gate", "liaison"], "register"], ["/exhibits/1/edit", ["examiner", "investigator", "gate", "liaison"]], ["/exhibits/1/hand-over", ["examiner", "investigator", "gate", "liaison"]],
    ["/exhibits/1/evidence", ["examiner"], "upload"], ["/examinations/1", ALL.filter((r) => r !== "access supervisor")],
    ["/exhibits/1/conversations", CONTENTS, "conversations"], [`/exhibits/1/conversations/${thread}`, CONTENTS, "conversation"], ["/exhibits/1/timeline", CONTENTS, "timeline"], ["/exhibits/1/media", CONTENTS, "media"],
    ["/exhibits/1/places", CONTENTS, "places"], ["/exhibits/1/notes", CONTENTS], ["/exhibits/1/search?q=phone", CONTENTS], ["/exhibits/1/records/messages", CONTENTS, "records"], ["/exhibits/1/records/messages/1", CONTENTS, "record"],
    ["/exhibits/1/records/contacts", CONTENTS], ["/people", ALL.filter((r) => !["administrator"].includes(r))], ["/people/1", ALL.filter((r) => !["administrator"].includes(r))], ["/people/new", ["investigator"]], ["/people/1/edit", ["investigator"]],
    ["/people/1/merge", ["investigator"]], ["/people/1/number", ["investigator"]], ["/cases", [...CONTENTS, "auditor"]], ["/cases/1", ["investigator", "safeguarding", "liaison", "auditor"], "case"], ["/cases/new", CONTENTS],
    ["/cases/1/note", ["investigator", "safeguarding", "liaison"]], ["/cases/1/task", ["investigator", "safeguarding", "liaison"]], ["/search?q=phone", ["examiner", "investigator", "safeguarding"], "search"],
    ["/custody", ["administrator", "auditor"], "custody"], ["/custody/exhibits/1", ["administrator", "auditor"]], ["/admin", ["administrator"], "officers"], ["/admin/officers/new", ["administrator"]], ["/admin/officers/2", ["administrator"]],
    ["/admin/places", ["administrator"]], ["/purpose", ALL],
  ];
  for (const [path, may, picture] of table) {
    let shown = false;
    for (const role of ALL) {
      if (may.includes(role)) {
        await look(pages[role], path, role, !shown, picture);
        shown = true;
      } else {
        const answer = await pages[role].request.get(origin + path, { maxRedirects: 0 });
        check([403, 404].includes(answer.status()), `${role} is refused ${path}: ${answer.status()}`);
      }
    }
  }

  // --- a narrow screen: nothing runs out of it ---
  const narrow = await person({ viewport: { width: 320, height: 700 } });
  await signIn(narrow, "examiner");
  for (const path of ["/", "/exhibits", "/exhibits/1", `/exhibits/1/conversations/${thread}`, "/exhibits/1/timeline", "/exhibits/1/records/messages"]) {
    await narrow.goto(origin + path);
    const over = await narrow.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    check(over <= 0, `${path} is ${over} pixels wider than a narrow screen`);
  }
  if (pictures) await narrow.screenshot({ path: join(pictures, "narrow.png") });

  // --- the keyboard alone ---
  const keys = await person();
  await keys.goto(origin + "/sign-in");
  for (let i = 0; i < 10 && (await keys.evaluate(() => document.activeElement.id)) !== "name"; i++) await keys.keyboard.press("Tab");
  await keys.keyboard.type("examiner");
  await keys.keyboard.press("Tab");
  await keys.keyboard.type(PASSWORD);
  await keys.keyboard.press("Enter");
  await keys.waitForURL(origin + "/");
  await keys.keyboard.press("Tab");
  check((await keys.evaluate(() => document.activeElement.className)).includes("govuk-skip-link"), "the first stop is the skip link");
  for (let i = 0; i < 20 && (await keys.evaluate(() => document.activeElement.textContent)) !== "Exhibits"; i++) await keys.keyboard.press("Tab");
  await keys.keyboard.press("Enter");
  await keys.waitForURL(origin + "/exhibits");
  const ring = await keys.evaluate(() => { document.querySelector("main a").focus(); return getComputedStyle(document.activeElement).boxShadow; });
  check(ring !== "none", "what has the focus is seen to have it");

  // --- an encrypted backup asks for its password, and is examined with it ---
  execFileSync("python3", [join(source, "tests/unit/make_backups.py"), join(work, "backups")]);
  await gate.goto(origin + "/exhibits/new");
  for (const [id, text] of [["reference", "FHI/2"], ["found_where", "cell B2-15"], ["found_by", "Officer gate"]]) await gate.fill("#" + id, text);
  await gate.click("main button.govuk-button");
  await examiner.goto(origin + "/exhibits/2/evidence");
  await examiner.fill("#path", join(work, "backups", "sealed"));
  await examiner.click("main button.govuk-button");
  await examiner.waitForURL(origin + "/exhibits/2");
  await examiner.click("button:text-is('Examine')");
  await examiner.waitForSelector("h2:text-is('The password is needed')", { timeout: 60000 });
  const asks = new URL(examiner.url()).pathname;
  for (const path of [asks, "/exhibits/2"]) {
    await look(examiner, path, "examiner", true, path === asks ? "password" : null);
    check(await examiner.locator("input[type=password]").isVisible(), path + " has a place for the password");
    await look(gate, path, "gate", true);
    check((await gate.locator("input[type=password]").count()) === 0, path + " has none for the gate");
  }
  await examiner.fill("input[type=password]", "Wing-B 2-14");
  await examiner.keyboard.press("Enter");
  await examiner.waitForURL((url) => /examinations/.test(url.pathname) && url.pathname !== asks);
  await examiner.waitForSelector("text=0 records", { timeout: 60000 });
  await look(examiner, "/exhibits/2", "examiner", true);
  check(!(await examiner.locator("input[type=password]").isVisible()), "the place for the password is folded away again");

  // --- without JavaScript ---
  const plain = await person({ javaScriptEnabled: false });
  await signIn(plain, "examiner");
  await plain.goto(origin + "/exhibits/1/evidence");
  await plain.setInputFiles("#file", join(work, "story.zip"));
  await plain.click("main button.govuk-button");
  await plain.waitForURL(origin + "/exhibits/1");
  check((await plain.locator("main li", { hasText: "story.zip" }).count()) === 2, "an upload without JavaScript");
  for (const path of ["/exhibits/1/timeline", `/exhibits/1/conversations/${thread}`, "/exhibits/1/media", "/search?q=phone"]) {
    const answer = await plain.goto(origin + path);
    check(answer.status() === 200, `${path} without JavaScript`);
  }
  await plain.goto(origin + "/exhibits/1/timeline");
  await plain.locator("svg.custos-histogram a").nth(30).click({ force: true });
  check(plain.url().includes("start="), "a bar of the histogram is a link");
} catch (error) {
  failed++;
  console.log("failed: " + (error.stack || error));
} finally {
  await browser.close();
  server.kill("SIGTERM");
  await new Promise((done) => (server.exitCode === null ? server.on("exit", done) : done()));
  rmSync(work, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
