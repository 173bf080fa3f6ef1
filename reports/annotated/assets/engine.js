// The engine whose verdicts the lesson shows.

const { engines, claims } = JSON.parse(document.getElementById('hf:data').textContent);
const VERDICTS = {
  h: { name: 'holds', sign: '✓', rank: 2 },
  c: { name: 'contradicted', sign: '✗', rank: 5 },
  u: { name: 'unverified', sign: '?', rank: 4 },
  '-': { name: 'absent', spoken: 'not run', sign: '–', rank: 1 },
};
let engine = 0;

// verdictOf is what the engine said of a claim. A capital letter is a verdict
// that is not as catalogued.
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

const under = (piece) => piece.dataset.m.split(' ').map(Number);

// choose shows another engine's verdicts, and what was printed on it.
function choose(place) {
  engine = place;
  for (const piece of document.querySelectorAll('.m[data-m]')) {
    const worst = under(piece).map((n) => verdictOf(claims[n])).reduce((a, b) => (b.rank > a.rank ? b : a));
    piece.className = `m ${worst.className}`;
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
