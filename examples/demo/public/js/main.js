import { Chat } from './chat.js';
import { Figures } from './figures.js';
import { Guestbook } from './guestbook.js';
import { Link } from './link.js';

const about = await (await fetch('/api/about')).json();
document.querySelector('#about').textContent = `${about.engine} · PHP ${about.php}`;
document.querySelector('.origin').textContent = location.origin;

const link = new Link(`ws://${location.hostname}:${about.chatPort}`, document.querySelector('#link'));
const chat = new Chat(link);
const figures = new Figures();
const guestbook = new Guestbook();

link.onOpen = () => chat.hello();
link.onMessage = (message) => {
	if (message.type === 'figures') {
		figures.show(message);
		guestbook.refresh(message.guestbook);
	} else {
		chat.hear(message);
	}
};
link.open();
