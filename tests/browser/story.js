/*
 * story.js - what the person who runs the shop does: make a workflow, copy its
 * address, send a request, see it arrive, pick it as the sample, map its values, add an
 * e-mail and an If/Else, try it, publish it, and see who came through.
 */
'use strict';
const { base, check, is, open_browser, visitor, login, look, until, quiet, done } = require('./kit');
const fs = require('fs');
const path = require('path');

const order = {
	email: 'maria@example.com', first_name: 'Maria', last_name: 'Garcia',
	phone: '+4930123456', plan: 'pro', amount: 49.9, items: [{ sku: 'A1', n: 2 }],
};

async function send(address, body) {
	const answer = await fetch(address, {
		method: 'POST', headers: { 'content-type': 'application/json' },
		body: JSON.stringify(body),
	});
	return answer.json();
}

async function tab(page, name) {
	await page.getByRole('navigation', { name: 'Parts' }).getByRole('link', { name }).click();
	await page.waitForLoadState();
}

async function make(page) {
	await look(page, 'home-empty');
	await page.getByRole('link', { name: 'New workflow' }).click();
	await look(page, 'new');
	await page.getByLabel('Name').fill('Shop orders');
	await page.getByRole('button', { name: 'Make the workflow' }).click();
	await page.waitForURL(/\/trigger$/);
	check(await page.getByText('Waiting for the first request').isVisible(),
		'a new workflow waits for its first request');
	const address = await page.locator('.copy code').first().textContent();
	check(address.startsWith(`${base}/hooks/`), 'and shows its address', address);
	await look(page, 'trigger-waiting');
	await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
	await page.getByRole('button', { name: 'Copy' }).first().click();
	is(address, await page.evaluate(() => navigator.clipboard.readText()),
		'a click copies the address');
	return address;
}

async function receive(page, address) {
	const [sent] = await Promise.all([
		page.context().waitForEvent('page'),
		page.getByRole('link', { name: 'Send a test from this browser' }).click(),
	]);
	await sent.waitForLoadState();
	check((await sent.locator('body').textContent()).includes('"captured"'),
		'the browser itself sends a first request');
	await sent.close();
	await page.locator('table').getByText('captured').first().waitFor({ timeout: 60000 });
	check(true, 'which shows up without loading the page again');
	const answer = await send(address, order);
	is('captured', answer.status, 'a request to a draft is kept');
	await send(address, { ...order, plan: 'basic', email: 'olga@example.com' });
	const use = page.getByRole('button', { name: 'Use as sample' });
	await use.first().waitFor({ timeout: 60000 });
	await use.first().click();
	await page.waitForLoadState();
	check(await page.getByText('This request is the sample now').isVisible(),
		'a request is chosen as the sample');
	await look(page, 'trigger');
}

async function map(page) {
	await tab(page, 'Mapping');
	await page.getByRole('button', { name: /^Accept the/ }).click();
	await page.waitForLoadState();
	is('contact.email', await page.getByLabel('Where to put body.email').inputValue(),
		'the suggestions are taken');
	const plan = page.getByLabel('Where to put body.plan', { exact: true });
	await plan.selectOption({ label: 'New custom field…' });
	await page.getByLabel('Name of the field or variable for body.plan').fill('Subscription Plan');
	await page.getByRole('button', { name: 'Save', exact: true }).first().click();
	await page.waitForLoadState();
	is('Subscription Plan', await page.getByLabel('Where to put body.plan', { exact: true })
		.evaluate((s) => s.selectedOptions[0].textContent.trim()), 'a new custom field takes the plan');
	check(await page.getByText(/Would make a new contact/).isVisible(),
		'the preview says what would become of the sample');
	await look(page, 'mapping');
}

/* Add a step at the end, and come to its form. */
async function add(page, kind, where = /^Add a step (to the workflow|after)/) {
	await page.getByRole('link', { name: where }).last().click();
	await page.waitForLoadState();
	await page.getByRole('button', { name: kind }).first().click();
	await page.waitForURL(/\/steps\//);
}

async function build(page) {
	await tab(page, 'Steps');
	await page.getByRole('link', { name: /^Add a step/ }).first().click();
	await look(page, 'steps-add');
	await page.goBack();
	await add(page, /^E-mail/);
	await page.getByLabel('Subject').fill('Thank you, {{contact.first_name|friend}}');
	await page.getByLabel('Text', { exact: true }).fill('Hello ');
	await page.getByLabel('Text', { exact: true }).press('End');
	await page.getByRole('button', { name: /Insert.*contact\.first_name/ }).first().click();
	is('Hello {{contact.first_name}}', await page.getByLabel('Text', { exact: true }).inputValue(),
		'a click inserts a field where one was typing');
	await look(page, 'step-email');
	await page.getByRole('button', { name: 'Save and go back' }).click();
	await page.waitForURL(/workflows\/\d+(#.*)?$/);
	await add(page, /^If/);
	await page.getByLabel('Name of the branch').fill('Pro');
	await page.getByLabel('Field', { exact: true }).first().fill('contact.custom.subscription_plan');
	await page.getByLabel('Comparison').first().selectOption({ label: 'is' });
	await page.getByLabel('Value', { exact: true }).first().fill('pro');
	await look(page, 'step-if-else');
	await page.getByRole('button', { name: 'Save and go back' }).click();
	await page.waitForURL(/workflows\/\d+(#.*)?$/);
	await add(page, /^E-mail/, 'Add a step to the branch Pro');
	await page.getByLabel('Subject').fill('You are Pro');
	await page.getByLabel('Text', { exact: true }).fill('Welcome to Pro.');
	await page.getByText('saved', { exact: false }).first().waitFor({ timeout: 60000 });
	await tab(page, 'Steps');
	check(await page.getByText('You are Pro').isVisible(), 'a form saves itself');
	await look(page, 'steps');
}

/* Deleting the step is undone with one click. */
async function undo(page) {
	const step = page.getByRole('listitem').filter({ hasText: 'You are Pro' }).last();
	await step.locator('summary').click();
	await step.getByRole('button', { name: 'Delete' }).click();
	await page.waitForLoadState();
	is(0, await page.getByText('You are Pro').count(), 'a step is deleted');
	await page.getByRole('button', { name: 'Undo' }).first().click();
	await page.waitForLoadState();
	check(await page.getByText('You are Pro').isVisible(), 'and comes back');
}

async function check_and_try(page) {
	await page.getByRole('link', { name: 'Check' }).click();
	await page.waitForLoadState();
	await look(page, 'check');
	await tab(page, 'Try it');
	await look(page, 'try');
	await page.getByRole('button', { name: 'Try it' }).click();
	await page.waitForLoadState();
	check(await page.getByText('Thank you, Maria').first().isVisible(),
		'the rehearsal renders the e-mail');
	check(await page.getByText('You are Pro').first().isVisible(), 'along the way the sample takes');
	await look(page, 'try-result');
}

async function publish(page) {
	await page.getByRole('link', { name: 'Publish…' }).click();
	await look(page, 'publish');
	await page.getByRole('main').getByRole('button', { name: /^Publish/ }).click();
	await page.waitForLoadState();
	check(await page.locator('.badge', { hasText: 'published' }).first().isVisible(),
		'the workflow is published');
}

/* The messages that the mailbox has, as one text. */
function mails() {
	const folder = path.join(process.env.BROWSER_MAIL, 'new');
	return fs.existsSync(folder)
		? fs.readdirSync(folder).map((f) => fs.readFileSync(path.join(folder, f), 'utf8'))
		: [];
}

async function watch(page, address) {
	const answer = await send(address, order);
	is('enrolled', answer.status, 'now a request enrols its contact');
	await until(() => mails().some((m) => m.includes('Subject: Thank you, Maria')) &&
		mails().some((m) => m.includes('Subject: You are Pro')),
		'who gets both e-mails');
	await tab(page, 'Runs');
	await page.getByRole('link', { name: 'Maria Garcia' }).first().waitFor();
	await look(page, 'runs');
	await page.getByRole('link', { name: 'Maria Garcia' }).first().click();
	await page.waitForURL(/runs\/\d+/);
	await until(async () => {
		await page.reload();
		return page.locator('.badge', { hasText: 'completed' }).first().isVisible();
	}, 'the run is completed');
	check(await page.getByText(/took branch "Pro"/).isVisible(), 'and tells which way it took');
	await look(page, 'run');
	await page.goto(`${base}/deliveries/${answer.delivery}`);
	await look(page, 'delivery');
}

/* Why did nothing happen? */
async function nothing_happened(page, address) {
	const answer = await send(address, { first_name: 'Nobody' });
	is(422, answer.status, 'a request that names nobody is refused');
	await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Deliveries' }).click();
	await page.locator('.badge', { hasText: 'rejected' }).first().waitFor();
	await look(page, 'deliveries');
	await page.getByRole('row').filter({ hasText: 'rejected' }).first().getByRole('link').first().click();
	await page.waitForURL(/deliveries\/\d+/);
	check(await page.getByText(/neither an e-mail address nor a/).first().isVisible(),
		'and says why, in words');
	await look(page, 'delivery-rejected');
}

module.exports = { send, tab, order, add };

(async () => {
	const browser = await open_browser();
	try {
		const page = await visitor(browser);
		await login(page, process.env.BROWSER_USER, process.env.BROWSER_PASSWORD);
		const address = await make(page);
		await receive(page, address);
		await map(page);
		await build(page);
		await undo(page);
		await check_and_try(page);
		await publish(page);
		await watch(page, address);
		await nothing_happened(page, address);
		await page.goto(base);
		await look(page, 'home');
		quiet(page, 'the console has nothing to say of the story');
	} catch (e) {
		check(false, 'the story comes to its end', e.stack);
	}
	await browser.close();
	done();
})();
