import { element } from './dom.js';

const seconds = 60; // of history
const number = new Intl.NumberFormat('en');

export class Figures {
	#rates = Array(seconds).fill(0);

	constructor() {
		const button = document.querySelector('#load');
		button.addEventListener('click', async () => {
			button.disabled = true;
			await sendRequests(1000);
			button.disabled = false;
		});
	}

	show(figures) {
		const { engine } = figures;
		text('#connections', number.format(figures.connections));
		text('#connections-note', engine ? `${number.format(engine.accepted)} accepted so far` : 'open at this moment');
		text('#rate', number.format(Math.round(figures.rate)));
		text('#traffic', engine ? `${bytes(engine.read)}/s in, ${bytes(engine.written)}/s out` : '');
		text('#rate-note', `${number.format(figures.requests)} requests so far`);
		text('#resident', bytes(figures.resident));
		text('#resident-note', figures.processes === 1 ? 'one process, all workers' : `resident, in ${figures.processes} processes`);
		this.#showWorkers(figures.workers);
		this.#rates = [...this.#rates.slice(1), figures.rate];
		this.#draw();
	}

	#showWorkers(workers) {
		const largest = Math.max(...workers.map((worker) => worker.memory));
		document.querySelector('#workers').replaceChildren(...workers.map((worker) => {
			const bar = element('span', { className: 'bar', ariaHidden: 'true' }, element('i'));
			bar.style.setProperty('--share', `${100 * worker.memory / largest}%`);
			return element('tr', {},
				element('td', {}, worker.name),
				element('td', {}, bar, bytes(worker.memory)),
				element('td', {}, number.format(worker.connections)),
				element('td', {}, number.format(worker.requests)),
				element('td', {}, number.format(Math.round(worker.rate))),
			);
		}));
	}

	#draw() {
		const top = Math.max(10, ...this.#rates);
		const points = this.#rates.map((rate, i) => `${(600 * i / (seconds - 1)).toFixed(1)},${(62 - 58 * rate / top).toFixed(1)}`);
		document.querySelector('#history-line').setAttribute('d', `M${points.join('L')}`);
		document.querySelector('#history-area').setAttribute('d', `M0,64L${points.join('L')}L600,64Z`);
	}
}

/** Something to see in the figures. The browser opens no more than six connections for it. */
async function sendRequests(count) {
	let left = count;
	const one = async () => {
		while (left-- > 0) {
			await (await fetch('/api/about')).arrayBuffer();
		}
	};
	await Promise.allSettled(Array.from({ length: 6 }, one));
}

function bytes(count) {
	for (const unit of ['B', 'KiB', 'MiB']) {
		if (count < 1024) {
			return `${count < 10 && unit !== 'B' ? count.toFixed(1) : Math.round(count)} ${unit}`;
		}
		count /= 1024;
	}
	return `${count.toFixed(1)} GiB`;
}

function text(selector, value) {
	document.querySelector(selector).textContent = value;
}
