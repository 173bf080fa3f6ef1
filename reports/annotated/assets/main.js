// Events: pointers, keys, the address, printing.

document.documentElement.classList.add('js');
document.getElementById('hf:shows').hidden = false;
if (engines.length > 1) showWalks();

// claimAt returns the claim of an element, or undefined.
function claimAt(element) {
  const ref = element.closest?.('.ref[data-c]');
  if (ref) return Number(ref.dataset.c);
  const piece = element.closest?.('.lesson .m[data-m]');
  return piece ? claimsOf(piece)[0] : undefined;
}

const hidden = (place) => ['holds', 'contradicted', 'unverified'].some((verdict) =>
  document.body.classList.contains(`hide-${verdict}`) && verdictOf(claims[place]).className === verdict);

document.addEventListener('click', (event) => {
  const place = claimAt(event.target);
  const link = event.target.closest('a:not(.ref)');
  if (place === undefined || link || event.ctrlKey || event.metaKey || event.shiftKey || !getSelection().isCollapsed || hidden(place)) return;
  event.preventDefault();
  open(place, event.target.closest('.ref'));
});

// A claim is shown while the pointer rests on its mark.
let timer;
function soon(milliseconds, run) {
  clearTimeout(timer);
  timer = setTimeout(run, milliseconds);
}
document.addEventListener('pointerover', (event) => {
  if (pinned || event.pointerType === 'touch') return;
  const place = claimAt(event.target);
  if (place !== undefined && !hidden(place)) soon(180, () => show(place, false));
  else if (panel.contains(event.target)) clearTimeout(timer);
  else if (shown >= 0) soon(600, () => !pinned && hide());
});
document.addEventListener('focusin', (event) => {
  if (pinned || closing) return;
  const place = event.target.matches('.ref[data-c]:focus-visible') ? claimAt(event.target) : undefined;
  if (place !== undefined) {
    show(place, false);
    reveal(place);
  } else if (shown >= 0 && !panel.contains(event.target)) {
    hide();
  }
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && shown >= 0) close();
});

// follow shows the claim in the address, which may also name its note.
function follow() {
  const id = named().replace(/^note:/, '');
  const place = places.get(id);
  if (place !== undefined) {
    show(place, true);
    opener = null;
    reveal(place);
  } else {
    if (shown >= 0) hide();
    const target = id && document.getElementById(id);
    if (target) unfold(target);
  }
}
addEventListener('hashchange', follow);
addEventListener('popstate', follow);

for (const radio of document.querySelectorAll('[name=engine]')) {
  radio.addEventListener('change', () => {
    choose(Number(radio.value));
    if (shown >= 0) {
      const place = shown;
      hide();
      show(place, true);
    }
  });
}
for (const box of document.querySelectorAll('[data-show]')) {
  const apply = () => document.body.classList.toggle(box.dataset.show === 'prose' ? 'show-prose' : `hide-${box.dataset.show}`, box.checked === (box.dataset.show === 'prose'));
  box.addEventListener('change', apply);
  apply();
}

// On a small screen the lists are folded, so that the lesson comes first.
if (matchMedia('(max-width: 1099px)').matches) {
  for (const list of document.querySelectorAll('.findings > details')) list.open = false;
}
// The browser may restore the choice of an earlier visit.
const kept = document.querySelector('[name=engine]:checked');
if (kept && Number(kept.value) !== 0) choose(Number(kept.value));
follow();

const differing = '.walk:not([open]):is(:has(.substance), :has(.fails))';
let unfolded = [];
addEventListener('beforeprint', () => {
  unfolded = [...document.querySelectorAll(`.findings > details:not([open]):not(.tools), ${differing}`)];
  for (const fold of unfolded) fold.open = true;
});
addEventListener('afterprint', () => {
  for (const fold of unfolded) fold.open = false;
});
