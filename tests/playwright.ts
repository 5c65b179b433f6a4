/** A browser for the tests of pages: Chromium, which scripts/tools.ts finds or installs. */
export { type Browser, chromium, type Page } from "npm:playwright-core@1.65.1";
