const longestWait = 15_000; // milliseconds between attempts

/** A WebSocket that comes back by itself when the server does. */
export class Link {
	onOpen = () => {};
	onMessage = () => {};
	#address;
	#pill;
	#socket = null;
	#failures = 0;

	constructor(address, pill) {
		this.#address = address;
		this.#pill = pill;
	}

	open() {
		this.#show('connecting', 'connecting');
		this.#socket = new WebSocket(this.#address);
		this.#socket.onopen = () => {
			this.#failures = 0;
			this.#show('live', 'live');
			this.onOpen();
		};
		this.#socket.onmessage = (event) => this.onMessage(JSON.parse(event.data));
		this.#socket.onclose = () => {
			// Random, so that a thousand pages do not all come back in the same millisecond.
			const wait = Math.min(longestWait, 500 * 2 ** this.#failures++) * (0.5 + Math.random() / 2);
			this.#show('offline', 'offline, trying again');
			setTimeout(() => this.open(), wait);
		};
	}

	/** False when there is no connection at the moment. */
	send(message) {
		if (this.#socket?.readyState !== WebSocket.OPEN) {
			return false;
		}
		this.#socket.send(JSON.stringify(message));
		return true;
	}

	#show(state, text) {
		this.#pill.dataset.state = state;
		this.#pill.textContent = text;
	}
}
