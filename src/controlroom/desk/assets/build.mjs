// Bundles the pages' scripts and styles into the folder named on the command line. Called by tools/assets.
import { build } from "esbuild";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const out = process.argv[2];
const fresh = `${out}.new`;
const here = import.meta.dirname ?? new URL(".", import.meta.url).pathname;
const entries = ["script/desk.js", "script/review.js", "script/master.js", "script/upload.js", "style/desk.css"];

rmSync(fresh, { recursive: true, force: true });
mkdirSync(fresh, { recursive: true });
const result = await build({
  absWorkingDir: here,
  entryPoints: entries.filter((entry) => existsSync(join(here, entry))),
  entryNames: "[name]",
  assetNames: "fonts/[name]",
  outdir: fresh,
  bundle: true,
  minify: true,
  charset: "utf8",
  format: "iife",
  // Browsers of the last three years, and the older Safari that phones keep.
  target: ["chrome119", "firefox119", "safari16"],
  legalComments: "none", // the licences stand whole in LICENSES.txt
  loader: { ".woff2": "file" },
  metafile: true,
});

/** The packages that ended in the bundles, each with its licence: what we ship, we name. */
function licences(inputs) {
  const names = new Set(["inter-ui"]);
  for (const path of Object.keys(inputs)) {
    const inner = path.split("node_modules/").at(-1);
    if (path.includes("node_modules/")) names.add(inner.split("/").slice(0, inner.startsWith("@") ? 2 : 1).join("/"));
  }
  return [...names].sort().map((name) => {
    const folder = join(here, "node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? readFileSync(join(folder, file), "utf8").trim() : "";
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
}

copyFileSync(join(here, "style/mark.svg"), join(fresh, "mark.svg"));
writeFileSync(join(fresh, "LICENSES.txt"), licences(result.metafile.inputs).join(`\n${"-".repeat(72)}\n\n`));
rmSync(out, { recursive: true, force: true });
renameSync(fresh, out);
