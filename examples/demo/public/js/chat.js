import { element, showError, time } from './dom.js';

const most = 200; // messages on the page

export class Chat {
	#link;
	#me = 0;
	#list = document.querySelector('#messages');
	#people = document.querySelector('#people');
	#error = document.querySelector('#chat-error');
	#name = document.querySelector('#chat-name');
	#text = document.querySelector('#chat-text');

	constructor(link) {
		this.#link = link;
		this.#name.value = localStorage.getItem('name') ?? '';
		this.#name.addEventListener('change', () => {
			localStorage.setItem('name', this.#name.value);
			this.hello();
		});
		document.querySelector('#chat-form').addEventListener('submit', (event) => {
			event.preventDefault();
			this.#say();
		});
	}

	hello() {
		this.#link.send({ type: 'hello', name: this.#name.value });
	}

	hear(message) {
		switch (message.type) {
			case 'welcome':
				this.#me = message.you;
				this.#list.replaceChildren(...message.history.map((said) => this.#line(said)));
				this.#showEmpty();
				this.#scroll();
				break;
			case 'said':
				this.#add(message);
				break;
			case 'people':
				this.#showPeople(message.people);
				break;
			case 'refused':
				showError(this.#error, message.message);
				break;
		}
	}

	#say() {
		if (this.#link.send({ type: 'say', text: this.#text.value })) {
			this.#text.value = '';
			showError(this.#error);
		} else {
			showError(this.#error, 'There is no connection at the moment. Your message is still here.');
		}
	}

	#add(said) {
		const atEnd = this.#list.scrollHeight - this.#list.scrollTop - this.#list.clientHeight < 60;
		this.#list.querySelector('.empty')?.remove();
		this.#list.append(this.#line(said));
		if (this.#list.children.length > most) {
			this.#list.firstElementChild.remove();
		}
		if (atEnd || said.id === this.#me) {
			this.#scroll();
		}
	}

	#line(said) {
		const avatar = element('span', { className: 'avatar', ariaHidden: 'true' }, [...said.name][0].toUpperCase());
		avatar.style.setProperty('--hue', hue(said.name));
		return element('li', { className: said.id === this.#me ? 'mine' : '' },
			avatar,
			element('span', { className: 'who' }, said.name, time(said.at)),
			element('span', {}, said.text),
		);
	}

	#showPeople(people) {
		this.#people.textContent = people.length === 1 ? 'only you are here' : `${people.length} people here`;
		this.#people.title = people.map((person) => person.name).join(', ');
	}

	#showEmpty() {
		if (this.#list.children.length === 0) {
			this.#list.append(element('li', { className: 'empty' }, 'Nobody has said anything yet.'));
		}
	}

	#scroll() {
		this.#list.scrollTop = this.#list.scrollHeight;
	}
}

/** The same name always has the same colour. */
function hue(name) {
	let sum = 0;
	for (const character of name) {
		sum = (sum * 31 + character.codePointAt(0)) % 360;
	}
	return sum;
}
