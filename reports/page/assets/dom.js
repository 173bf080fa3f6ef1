// Elements. All content is inserted as text; no markup is ever parsed.

function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value !== undefined && value !== null) {
      node.setAttribute(name, value === true ? '' : value);
    }
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

// hidden returns text for screen readers only.
const hidden = (text) => el('span', { class: 'hidden' }, text);

// sign returns a symbol that screen readers skip.
const sign = (text) => el('span', { class: 'sign', 'aria-hidden': 'true' }, text);

// linked turns web addresses in a text into links.
function linked(text) {
  return String(text).split(/(https?:\/\/[^\s<>"'`)]*[^\s<>"'`).,:;])/).map((part, at) =>
    at % 2 ? el('a', { href: part, rel: 'noopener noreferrer' }, part) : part);
}

// marked turns text between backquotes into code, and web addresses into links.
function marked(text) {
  return String(text).split(/`([^`]+)`/).map((part, at) => (at % 2 ? el('code', {}, part) : linked(part)));
}

// permanent returns the link to a claim that stays valid when engines and runs change.
const permanent = (claim) => el('a', { class: 'permanent', href: claim.anchor }, 'Permanent link');

const plural = (n, one, many = one + 's') => `${n} ${n === 1 ? one : many}`;
const flat = (text) => text.replace(/\s+/g, ' ').trim();
const seconds = (n) => (n < 0.1 ? `${Math.round(n * 1000)} ms` : `${n.toFixed(1)} s`);

// listed returns "a, b and c".
function listed(items) {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

// afterPaint runs a function after the next frame is painted.
const afterPaint = (run) => requestAnimationFrame(() => setTimeout(run));

// later debounces a function.
function later(milliseconds, run) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(run, milliseconds);
  };
}
