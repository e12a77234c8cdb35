// Drives Chromium over its debugging pipe: screenshot.mjs URL PROFILE FILE. Called by tests/examples/screenshot.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';

const [url, profile, file] = process.argv.slice(2);
const chromium = spawn('chromium', ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run',
	'--disable-background-networking', '--disable-component-update', '--disable-sync', `--user-data-dir=${profile}`,
	'--remote-debugging-pipe', 'about:blank'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });

let last = 0, pending = '';
const waiting = new Map();
chromium.stdio[4].on('data', data => {
	const messages = (pending + data).split('\0');
	pending = messages.pop();
	for (const message of messages.map(JSON.parse)) {
		const { resolve, reject } = waiting.get(message.id) ?? {};
		waiting.delete(message.id);
		message.error ? reject?.(new Error(message.error.message)) : resolve?.(message.result);
	}
});

function send(method, params = {}, sessionId = undefined) {
	const id = ++last;
	chromium.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + '\0');
	return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
}

/** A window with the demo; run() evaluates in it, until() waits for an expression to be true. */
async function open() {
	const { targetId } = await send('Target.createTarget', { url, newWindow: true, width: 1180, height: 1140 });
	const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
	await send('Emulation.setScrollbarsHidden', { hidden: true }, sessionId);
	await send('Emulation.setDeviceMetricsOverride', { width: 1180, height: 1140, deviceScaleFactor: 1, mobile: false }, sessionId);
	const page = {
		sessionId,
		async run(expression) {
			const answer = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true }, sessionId);
			if (answer.exceptionDetails) {
				throw new Error(answer.exceptionDetails.exception.description);
			}
			return answer.result.value;
		},
		async until(expression) {
			for (let i = 0; i < 600; i++) {
				if (await page.run(expression)) {
					return;
				}
				await new Promise(resolve => setTimeout(resolve, 100));
			}
			throw new Error(`never true: ${expression}`);
		},
		async fill(form, fields) {
			for (const [id, text] of Object.entries(fields)) {
				await page.run(`{
					const field = document.getElementById(${JSON.stringify(id)});
					field.value = ${JSON.stringify(text)};
					field.dispatchEvent(new Event('change'));
				}`);
			}
			await page.run(`document.getElementById(${JSON.stringify(form)}).requestSubmit()`);
		},
	};
	await page.until(`document.getElementById('link')?.dataset.state === 'live'`);
	return page;
}

try {
	const ada = await open();
	const bob = await open();
	const lines = n => `document.querySelectorAll('#messages li').length >= ${n}`;
	const said = text => `document.getElementById('messages').textContent.includes(${JSON.stringify(text)})`;
	const talk = [
		[ada, 'Ada', 'Is anybody here?'],
		[bob, 'Bob', 'Yes, in the other window.'],
		[ada, 'Ada', 'One PHP program serves the page, the API and this chat.'],
		[bob, 'Bob', 'Close mine, and the count up there goes down.'],
	];
	for (const [page, name, text] of talk) {
		await page.fill('chat-form', { 'chat-name': name, 'chat-text': text });
		await ada.until(said(text));
		await bob.until(said(text));
	}
	await ada.until(lines(talk.length));
	for (const [author, text] of [['Ada', 'Signed with a request to the API.'], ['Bob', 'Kept in SQLite.'], ['Eve', 'Hello, World!']]) {
		await ada.fill('note-form', { 'note-author': author, 'note-text': text });
		await ada.until(`document.getElementById('notes').textContent.includes(${JSON.stringify(text)})`);
	}
	// The page's own button shows what a browser can send; this asks for the guestbook as fast as it is answered.
	const { hostname, port } = new URL(url);
	const request = `GET /api/notes HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`;
	let over = false;
	const sockets = [];
	for (let i = 0; i < 16; i++) {
		const socket = connect(port, hostname, () => socket.write(request));
		socket.on('data', () => over || socket.write(request)); // an answer is small enough to come in one piece
		sockets.push(socket);
		await new Promise(resolve => setTimeout(resolve, 50)); // to a worker that has little to do
	}
	await new Promise(resolve => setTimeout(resolve, 12000)); // the curve wants some seconds to show
	await ada.until(`document.querySelectorAll('#workers tr').length > 1`);
	await ada.run(`document.activeElement?.blur()`);
	const { data } = await send('Page.captureScreenshot', file.endsWith('.png') ? { format: 'png' } : { format: 'webp', quality: 82 }, ada.sessionId);
	over = true;
	sockets.forEach(socket => socket.end());
	writeFileSync(file, Buffer.from(data, 'base64'));
} finally {
	await send('Browser.close').catch(() => {});
	chromium.kill();
}
