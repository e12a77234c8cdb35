import { element, showError, time } from './dom.js';

export class Guestbook {
	#list = document.querySelector('#notes');
	#error = document.querySelector('#note-error');
	#fields = {
		author: document.querySelector('#note-author'),
		text: document.querySelector('#note-text'),
	};
	#revision = null;

	constructor() {
		this.#fields.author.value = localStorage.getItem('name') ?? '';
		document.querySelector('#note-form').addEventListener('submit', (event) => {
			event.preventDefault();
			this.#add();
		});
		this.#load();
	}

	/** Loads the notes again if the server's revision says that they have changed. */
	refresh(revision) {
		if (revision !== this.#revision) {
			this.#revision = revision;
			this.#load();
		}
	}

	async #load() {
		const answer = await this.#call('GET', '/api/notes?limit=50');
		if (answer?.notes) {
			const notes = answer.notes.map((note) => this.#entry(note));
			const empty = element('li', { className: 'empty' }, 'No notes yet. Yours could be the first.');
			this.#list.replaceChildren(...(notes.length > 0 ? notes : [empty]));
		}
	}

	async #add() {
		const { author, text } = this.#fields;
		const answer = await this.#call('POST', '/api/notes', { author: author.value, text: text.value });
		this.#showFieldErrors(answer?.error?.fields ?? {});
		if (answer && !answer.error) {
			text.value = '';
			await this.#load();
			this.#list.scrollTop = 0;
		}
	}

	async #remove(id) {
		await this.#call('DELETE', `/api/notes/${id}`);
		await this.#load();
	}

	/** The decoded answer, an object with "error" if the server refused, null if it could not be reached. */
	async #call(method, path, body) {
		try {
			const response = await fetch(path, body === undefined ? { method } : {
				method,
				headers: { 'Content-Type': 'application/json' },
				body: JSON.stringify(body),
			});
			const answer = response.status === 204 ? {} : await response.json();
			showError(this.#error, answer.error && !answer.error.fields ? answer.error.message : '');
			return answer;
		} catch {
			showError(this.#error, 'The server cannot be reached.');
			return null;
		}
	}

	#showFieldErrors(errors) {
		for (const [name, input] of Object.entries(this.#fields)) {
			input.setAttribute('aria-invalid', String(name in errors));
			showError(document.querySelector(`#note-${name}-error`), errors[name]);
		}
	}

	#entry(note) {
		const remove = element('button', { type: 'button', className: 'remove', title: 'Delete', ariaLabel: 'Delete this note' }, '×');
		remove.addEventListener('click', () => this.#remove(note.id));
		return element('li', {},
			element('span', { className: 'who' }, note.author, time(note.created)),
			remove,
			element('p', {}, note.text),
		);
	}
}
