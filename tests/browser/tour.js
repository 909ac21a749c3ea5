/*
 * tour.js - every page that shows what is stored, looked at wide and narrow, in light
 * and in dark; what senders wrote is text on all of them, and another account's
 * visitor finds none of them.
 */
'use strict';
const { base, check, is, open_browser, visitor, login, look, quiet, done } = require('./kit');
const fs = require('fs');
const path = require('path');

/* Each is a picture's name and a path; {} stands for an id. */
const pages = [
	['home', ''],
	['new', 'workflows/new'],
	['trigger', 'workflows/{workflow}/trigger'],
	['mapping', 'workflows/{workflow}/mapping'],
	['steps', 'workflows/{workflow}'],
	['step', 'workflows/{workflow}/steps/{step}'],
	['steps-add', 'workflows/{workflow}/add?at=0'],
	['check', 'workflows/{workflow}/check'],
	['try', 'workflows/{workflow}/try'],
	['publish', 'workflows/{workflow}/publish'],
	['versions', 'workflows/{workflow}/versions'],
	['workflow-settings', 'workflows/{workflow}/settings'],
	['runs', 'runs'],
	['run', 'runs/{run}'],
	['deliveries', 'deliveries'],
	['delivery', 'deliveries/{delivery}'],
	['contacts', 'contacts'],
	['contacts-new', 'contacts/new'],
	['contacts-import', 'contacts/import'],
	['contact', 'contacts/{contact}'],
	['contact-edit', 'contacts/{contact}/edit'],
	['contact-merge', 'contacts/{contact}/merge'],
	['contact-erase', 'contacts/{contact}/erase'],
	['settings', 'settings'],
	['settings-fields', 'settings/fields'],
	['settings-constants', 'settings/constants'],
	['settings-secrets', 'settings/secrets'],
	['settings-users', 'settings/users'],
	['health', 'health'],
];

function naughty() {
	const file = path.join(process.env.BROWSER_CORPUS || '', 'blns.json');
	const own = ['<script>window.hurt=1</script>', '"><img src=x onerror="window.hurt=1">',
		'\'"--></style></script><svg onload=window.hurt=1>', '{{contact.email}}', '‮abc', '💥'];
	if (!fs.existsSync(file))
		return own;
	return own.concat(JSON.parse(fs.readFileSync(file, 'utf8')).filter((s) => /[<>"'&]/.test(s)));
}

/* A published workflow that maps what it gets, and requests with markup in all they
 * have.  Returns the ids of what came of it. */
async function fill(page) {
	const document = {
		format: 'hookline/1', name: 'Tour <b>of</b> "all" & more',
		settings: { reentry: 'always' },
		trigger: {
			type: 'inbound_webhook',
			map: ['email', 'first_name', 'last_name', 'company_name', 'city', 'source']
				.map((f) => ({ from: `body.${f}`, to: `contact.${f}` }))
				.concat([{ from: 'body.first_name', to: 'custom_variables.odd' }]),
		},
		steps: [
			{ id: 'tag', type: 'add_tag', tags: ['{{contact.first_name}}'] },
			{ id: 'hello', type: 'send_email', to: '{{contact.email}}',
				subject: 'Hello {{contact.first_name}}', html: '<p>{{contact.last_name}}</p>', text: 'Hello' },
			{ id: 'rest', type: 'wait', for: '1 day' },
		],
	};
	await page.goto(`${base}/workflows/new`);
	await page.getByLabel('or its text').fill(JSON.stringify(document));
	await page.getByRole('button', { name: 'Bring it in' }).click();
	await page.waitForURL(/\/trigger$/);
	const workflow = page.url().match(/workflows\/(\d+)/)[1];
	const address = await page.locator('.copy code').first().textContent();
	await page.goto(`${base}/workflows/${workflow}/publish`);
	await page.getByRole('main').getByRole('button', { name: /^Publish/ }).click();
	await page.waitForLoadState();
	const words = naughty();
	let last;
	for (let i = 0; i < Math.min(words.length, 60); i++) {
		const word = words[i].slice(0, 500);
		const answer = await fetch(address, {
			method: 'POST', headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ email: `odd${i}@example.com`, first_name: word, last_name: word,
				company_name: word, city: word, source: word, [word]: { [word]: [word] } }),
		});
		const told = await answer.json();
		if (told.status === 'enrolled' && (last === undefined || i < 3))
			last = told;
	}
	check(last !== undefined, 'requests with markup in them enrol their contacts');
	return { workflow, step: 'hello', run: last.run, delivery: last.delivery, contact: last.contact };
}

function at(ids, where) {
	return `${base}/${where.replace(/\{(\w+)\}/g, (_, name) => ids[name])}`;
}

(async () => {
	const browser = await open_browser();
	try {
		const page = await visitor(browser);
		await login(page, process.env.BROWSER_USER, process.env.BROWSER_PASSWORD);
		const ids = await fill(page);
		for (const [name, where] of pages) {
			const answer = await page.goto(at(ids, where));
			is(200, answer.status(), `there is a page ${where}`);
			await look(page, `tour-${name}`);
			is(undefined, await page.evaluate(() => window.hurt), `what came is text: ${where}`);
		}
		quiet(page, 'the console has nothing to say of the tour');
		await page.context().close();

		const other = await visitor(browser);
		await login(other, 'other@example.com', process.env.BROWSER_PASSWORD);
		for (const [, where] of pages.filter((p) => p[1].includes('{')))
			is(404, (await other.goto(at(ids, where))).status(), `nobody else's: ${where}`);
		await other.context().close();

		const plain = await visitor(browser, { javaScriptEnabled: false });
		await login(plain, process.env.BROWSER_USER, process.env.BROWSER_PASSWORD);
		for (const [, where] of pages) {
			const answer = await plain.goto(at(ids, where));
			check(answer.status() === 200 && await plain.locator('h1').isVisible(),
				`without JavaScript too: ${where}`);
		}
	} catch (e) {
		check(false, 'the tour comes to its end', e.stack);
	}
	await browser.close();
	done();
})();
