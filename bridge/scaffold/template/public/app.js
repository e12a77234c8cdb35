const byId = (id) => document.getElementById(id);

// Notes: the API answers, the room tells of what others do.

const notes = new Map();

function showNotes() {
  byId('no-notes').hidden = notes.size > 0;
  byId('notes').replaceChildren(...[...notes.values()].sort((a, b) => b.id - a.id).map((note) => {
    const item = document.createElement('li');
    const title = document.createElement('strong');
    const remove = document.createElement('button');
    title.textContent = note.title;
    remove.textContent = '×';
    remove.title = `Remove ${note.title}`;
    remove.onclick = () => fetch(`/api/notes/${note.id}`, { method: 'DELETE' }).then(() => forget(note.id));
    item.append(title, remove);
    if (note.text) {
      const text = document.createElement('p');
      text.textContent = note.text;
      item.append(text);
    }
    return item;
  }));
}

function keep(note) {
  notes.set(note.id, note);
  showNotes();
}

function forget(id) {
  notes.delete(id);
  showNotes();
}

byId('note-form').onsubmit = async (event) => {
  event.preventDefault();
  const form = event.target;
  const response = await fetch('/api/notes', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify(Object.fromEntries(new FormData(form))),
  });
  const answer = await response.json();
  const error = byId('note-error');
  error.hidden = response.ok;
  error.textContent = Object.values(answer.errors ?? { title: answer.title ?? 'That did not work' }).join(' ');
  if (response.ok) {
    keep(answer);
    form.reset();
  }
};

// The room.

let socket;
let name = '';

function say(text, className = '') {
  const item = document.createElement('li');
  item.textContent = text;
  item.className = className;
  byId('talk').append(item);
  item.scrollIntoView({ block: 'nearest' });
}

function joined() {
  byId('room-label').textContent = `Say something, ${name}`;
  byId('room-button').textContent = 'Send';
  byId('room-form').text.maxLength = 500;
}

const hear = {
  joined: ({ name: who, people }) => say(`${who} came in (${people} here)`, 'event'),
  left: ({ name: who, people }) => say(`${who} left (${people} here)`, 'event'),
  said: ({ name: who, text }) => say(`${who}: ${text}`),
  note: keep,
  removed: ({ id }) => forget(id),
  error: ({ message }) => say(message, 'error'),
};

function connect(port) {
  socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.hostname}:${port}`);
  const state = byId('state');
  socket.onopen = () => {
    state.textContent = 'connected';
    state.className = 'state open';
    if (name) {
      socket.send(JSON.stringify({ do: 'join', name }));
    }
  };
  socket.onmessage = ({ data }) => {
    const { type, ...fields } = JSON.parse(data);
    hear[type]?.(fields);
  };
  socket.onclose = () => {
    state.textContent = 'connecting';
    state.className = 'state';
    setTimeout(() => connect(port), 1000);
  };
}

byId('room-form').onsubmit = (event) => {
  event.preventDefault();
  const form = event.target;
  const text = form.text.value.trim();
  if (!text || socket?.readyState !== WebSocket.OPEN) {
    return;
  }
  if (name) {
    socket.send(JSON.stringify({ do: 'say', text }));
  } else {
    name = text;
    socket.send(JSON.stringify({ do: 'join', name }));
    joined();
  }
  form.reset();
};

const [settings, all] = await Promise.all(['/api/settings', '/api/notes'].map((url) => fetch(url).then((r) => r.json())));
all.forEach((note) => notes.set(note.id, note));
showNotes();
connect(settings.roomPort);
