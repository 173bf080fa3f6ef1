// The engine whose verdicts the page shows.

const { engines, claims } = JSON.parse(document.getElementById('hf:data').textContent);
const VERDICTS = {
  h: { name: 'holds', sign: '✓', rank: 2 },
  c: { name: 'contradicted', sign: '✗', rank: 6 },
  u: { name: 'unverified', sign: '?', rank: 5 },
  prose: { rank: 0 }, uncovered: { rank: 3 }, drifted: { rank: 4 },
  '-': { name: 'absent', spoken: 'not run', sign: '–', rank: 1 },
};
let engine = 0;

// verdictOf returns the engine's verdict on a claim. An upper-case letter is a
// verdict that is not as catalogued.
function verdictOf(claim) {
  const letter = claim.letters[engine];
  const verdict = VERDICTS[letter.toLowerCase()];
  const unexpected = letter !== letter.toLowerCase();
  return {
    finding: letter !== 'h' && letter !== '-' || claim.differs,
    rank: 2 * verdict.rank + (unexpected ? 1 : 0),
    className: verdict.name + (unexpected ? ' unexpected' : '') + (claim.differs ? ' differs' : ''),
    sign: verdict.sign + (unexpected ? '!' : '') + (claim.differs ? '≠' : ''),
    spoken: (verdict.spoken ?? verdict.name) + (unexpected ? ', unexpected' : '') + (claim.differs ? ', differs by engine' : ''),
  };
}

// claimsOf returns the claims of a marked piece of text, the shortest first.
const claimsOf = (piece) => piece.dataset.m.split(' ').map(Number);

// choose shows the verdicts and the walk of another engine.
function choose(place) {
  engine = place;
  for (const piece of document.querySelectorAll('.m[data-m]')) {
    const all = claimsOf(piece).map((n) => verdictOf(claims[n]));
    const also = piece.dataset.also;
    if (also) all.push({ rank: 2 * VERDICTS[also].rank, className: also });
    piece.className = `m ${all.reduce((a, b) => (b.rank > a.rank ? b : a)).className}`;
  }
  for (const ref of document.querySelectorAll('.ref[data-c]')) {
    const verdict = verdictOf(claims[ref.dataset.c]);
    ref.className = `ref ${verdict.className}`;
    ref.dataset.s = verdict.sign;
    ref.setAttribute('aria-label', `Claim ${ref.dataset.n}: ${verdict.spoken}`);
  }
  showWalks();
}

function showWalks() {
  for (const walk of document.querySelectorAll('.walk')) walk.hidden = Number(walk.dataset.engine) !== engine;
}
