// Fetches the feed every two seconds and replaces only the messages and canvases that changed, so that neither the scroll position
// nor an opened detail is lost.
const REFRESH_MS = 2000;
const feed = document.getElementById('feed');
const nav = document.getElementById('channels');
const statusLine = document.getElementById('status');
const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
let etag = '';

/** The markup each message and canvas on the page came from, as the server sent it. */
const sources = new WeakMap();

/** Channels, top-level messages and canvases are matched by id; a thread is part of its parent. */
function patch(current, next) {
  const known = new Map([...current.children].filter((child) => child.id).map((child) => [child.id, child]));
  const wanted = [...next.children].map((child) => choose(known.get(child.id), child));
  wanted.forEach((child, index) => {
    if (current.children[index] !== child) current.insertBefore(child, current.children[index] ?? null);
  });
  while (current.children.length > wanted.length) current.lastElementChild.remove();
}

/** The element that is there already if nothing about it changed, else the fresh one. */
function choose(old, fresh) {
  if (old?.matches('[data-children]')) {
    patch(old, fresh);
    return old;
  }
  const source = fresh.outerHTML;
  if (old && sources.get(old) === source) return old;
  if (old) keepOpen(fresh);
  sources.set(fresh, source);
  return fresh;
}

function keepOpen(fresh) {
  for (const details of fresh.querySelectorAll('details')) {
    const message = details.closest('.message');
    const before = document.getElementById(message.id);
    const same = before?.querySelector(`:scope > .body > details[data-open="${details.dataset.open}"]`);
    if (same) details.open = same.open;
  }
}

function listChannels() {
  const links = [...feed.querySelectorAll('.channel')].map((channel) => {
    const link = document.createElement('a');
    link.href = `#${channel.id}`;
    link.textContent = channel.dataset.name;
    return link;
  });
  nav.replaceChildren(...links);
}

async function refresh() {
  try {
    const response = await fetch(`/feed.html?tz=${encodeURIComponent(timeZone)}`, {
      headers: etag ? { 'if-none-match': etag } : {},
      cache: 'no-store',
    });
    if (response.status === 200) {
      etag = response.headers.get('etag') ?? '';
      show(await response.text());
    }
    say('live', false);
  } catch {
    say('not reachable, trying again', true);
  }
  setTimeout(() => void refresh(), REFRESH_MS);
}

function show(source) {
  const page = document.documentElement;
  const wasAtEnd =
    page.scrollHeight > page.clientHeight && page.scrollTop + page.clientHeight >= page.scrollHeight - 8;
  patch(feed, new DOMParser().parseFromString(`<main>${source}</main>`, 'text/html').querySelector('main'));
  listChannels();
  if (wasAtEnd) page.scrollTop = page.scrollHeight;
}

function say(text, isLost) {
  if (statusLine.textContent !== text) statusLine.textContent = text;
  statusLine.classList.toggle('lost', isLost);
}

void refresh();
