/**
 * Makes an element. Children that are strings become text nodes, so nothing a visitor typed is
 * ever read as HTML: there is no innerHTML in this page.
 */
export function element(name, properties = {}, ...children) {
	const made = Object.assign(document.createElement(name), properties);
	made.append(...children);
	return made;
}

export function time(unixSeconds) {
	const date = new Date(unixSeconds * 1000);
	const today = date.toDateString() === new Date().toDateString();
	return element('time', {
		dateTime: date.toISOString(),
		textContent: today
			? date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
			: date.toLocaleDateString([], { day: 'numeric', month: 'short' }),
	});
}

/** Shows a message in an element that is hidden while it has none. */
export function showError(where, message = '') {
	where.textContent = message;
	where.hidden = message === '';
}
