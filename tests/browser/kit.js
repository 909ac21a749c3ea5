/*
 * kit.js - what the walks through the builder share: a browser, assertions that
 * print "ok - ..." or "not ok - ...", and a look at each page: is anything wrong
 * for a screen reader, does anything stick out, did the console complain.
 */
'use strict';
const fs = require('fs');
const path = require('path');
const { createRequire } = require('module');

const need = createRequire(path.join(process.env.BROWSER_MODULES, 'x.js'));
const { chromium } = need('playwright-core');
const axe = fs.readFileSync(need.resolve('axe-core/axe.min.js'), 'utf8');

const base = process.env.BUILDER_URL;
const shots = process.env.BROWSER_SHOTS;
const wide = { width: 1280, height: 900 };
const narrow = { width: 390, height: 844 };
let failed = 0;

function check(holds, what, detail) {
	console.log(`${holds ? 'ok' : 'not ok'} - ${what}`);
	if (holds)
		return;
	failed++;
	if (detail !== undefined)
		console.log(String(detail).split('\n').map((l) => `#   ${l}`).join('\n'));
}

function is(want, got, what) {
	check(want === got, what, `expected: ${want}\n     got: ${got}`);
}

async function open_browser() {
	return chromium.launch({
		executablePath: process.env.CHROMIUM,
		args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
	});
}

/* A page of a visitor of their own; what its console says is collected. */
async function visitor(browser, options) {
	const context = await browser.newContext({ viewport: wide, ...options });
	const page = await context.newPage();
	page.complaints = [];
	page.setDefaultTimeout(20000);
	page.on('console', (m) => {
		if (m.type() === 'error' && !/status of 4\d\d/.test(m.text()))
			page.complaints.push(`${page.url()}: ${m.text()}`);
	});
	page.on('pageerror', (e) => page.complaints.push(`${page.url()}: ${e}`));
	return page;
}

async function login(page, user, password) {
	await page.goto(`${base}/login`);
	await page.getByLabel('E-mail address').fill(user);
	await page.getByLabel('Password').fill(password);
	await page.getByRole('button', { name: 'Log in' }).click();
	await page.waitForLoadState();
}

/* Faults that axe-core calls serious or critical, as text. */
async function faults(page) {
	await page.evaluate(`${axe}; undefined`);
	const found = await page.evaluate(() => window.axe.run(document, {
		resultTypes: ['violations'],
		rules: { 'page-has-heading-one': { enabled: true } },
	}));
	return found.violations
		.filter((v) => v.impact === 'serious' || v.impact === 'critical')
		.map((v) => `${v.id}: ${v.help}\n  ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200)).join('\n  ')}`)
		.join('\n');
}

async function sticks_out(page) {
	return page.evaluate(() => {
		const root = document.scrollingElement;
		if (root.scrollWidth <= window.innerWidth)
			return '';
		return [...document.querySelectorAll('body *')]
			.filter((e) => e.getBoundingClientRect().right > window.innerWidth + 1)
			.slice(0, 5).map((e) => e.outerHTML.slice(0, 120)).join('\n');
	});
}

/* Look at the page as it is: light and dark, wide and narrow; a picture of each. */
async function look(page, name) {
	for (const scheme of ['light', 'dark'])
		for (const size of [wide, narrow]) {
			await page.emulateMedia({ colorScheme: scheme });
			await page.setViewportSize(size);
			const where = `${name}, ${scheme}, ${size.width} pixels`;
			const bad = await faults(page);
			check(bad === '', `nothing hinders a screen reader: ${where}`, bad);
			const out = await sticks_out(page);
			check(out === '', `nothing sticks out: ${where}`, out);
			if (shots)
				await page.screenshot({
					path: path.join(shots, `${name}-${scheme}-${size.width}.png`),
					fullPage: true,
				});
		}
	await page.emulateMedia({ colorScheme: 'light' });
	await page.setViewportSize(wide);
}

/* Until `fn` gives something true, for as long as a busy machine may need. */
async function until(fn, what) {
	const end = Date.now() + 60000;
	for (;;) {
		const got = await fn();
		if (got || Date.now() > end) {
			check(Boolean(got), what);
			return got;
		}
		await new Promise((r) => setTimeout(r, 200));
	}
}

function quiet(page, what) {
	check(page.complaints.length === 0, what, page.complaints.join('\n'));
}

function done() {
	process.exitCode = failed === 0 ? 0 : 1;
}

module.exports = {
	base, check, is, open_browser, visitor, login, look, until, quiet, done, wide, narrow,
};
