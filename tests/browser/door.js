/*
 * door.js - logging in with a browser: failing, succeeding, leaving; how much a
 * first page weighs.
 */
'use strict';
const { base, check, is, open_browser, visitor, login, look, quiet, done } = require('./kit');

async function first_page_is_light(browser) {
	const page = await visitor(browser);
	let requests = 0, bytes = 0;
	const session = await page.context().newCDPSession(page);
	await session.send('Network.enable');
	session.on('Network.loadingFinished', (e) => {
		requests++;
		bytes += e.encodedDataLength;
	});
	await page.goto(base, { waitUntil: 'networkidle' });
	check(requests <= 3, 'a cold first page takes 3 requests at most', requests);
	check(bytes <= 60 * 1024, 'and 60 KB at most', bytes);
	await page.context().close();
}

async function walk(browser) {
	const page = await visitor(browser);
	await page.goto(`${base}/workflows/new?x=1`);
	is('Log in', await page.locator('h1').textContent(), 'a stranger is asked to log in');
	await look(page, 'login');
	await page.getByLabel('E-mail address').fill('demo@example.com');
	await page.getByLabel('Password').fill('not the password');
	await page.getByRole('button', { name: 'Log in' }).click();
	check(await page.getByRole('alert').isVisible(), 'a wrong password is told');
	is('demo@example.com', await page.getByLabel('E-mail address').inputValue(),
		'and the address stays');
	await look(page, 'login-failed');
	await page.getByLabel('Password').fill(process.env.BROWSER_PASSWORD);
	await page.keyboard.press('Enter');
	await page.waitForURL(`${base}/workflows/new?x=1`);
	check(true, 'the right one leads to where one was going');
	await page.getByRole('button', { name: 'Log out' }).click();
	is('Log in', await page.locator('h1').textContent(), 'logging out leads to the door');
	await page.goBack();
	await page.reload();
	is('Log in', await page.locator('h1').textContent(), 'from which no way leads back');
	await page.goto(`${base}/status`);
	await look(page, 'status');
	quiet(page, 'the console has nothing to say of the door');
	await page.context().close();
}

/* A page of another site, which posts a form that looks like ours. */
async function another_site(browser) {
	const page = await visitor(browser);
	await login(page, 'demo@example.com', process.env.BROWSER_PASSWORD);
	const csrf = await page.locator('input[name=csrf]').first().inputValue();
	const evil = base.replace('127.0.0.1', 'localhost');
	await page.route(`${evil}/evil`, (r) => r.fulfill({
		contentType: 'text/html',
		body: `<form method="post" action="${base}/logout"><input name="csrf" value="${csrf}"><button>Win</button></form>`,
	}));
	await page.goto(`${evil}/evil`);
	const [answer] = await Promise.all([
		page.waitForResponse(`${base}/logout`), page.getByRole('button').click(),
	]);
	/* The browser keeps the cookie back: it is a stranger's form. */
	is(`303 ${new URL(base).pathname}login`,
		`${answer.status()} ${answer.headers().location}`,
		'a form that another site sends is a stranger\'s, even with the token');
	await page.goto(base);
	is('Workflows', await page.locator('h1').textContent(), 'and nothing happened');
	await page.context().close();
}

(async () => {
	const browser = await open_browser();
	try {
		await first_page_is_light(browser);
		await walk(browser);
		await another_site(browser);
	} catch (e) {
		check(false, 'the walk through the door ends', e.stack);
	}
	await browser.close();
	done();
})();
