// npm run bench [-- NAME…]: figures that depend on machines only as ratios within one run; docs/benchmarks.md keeps some.
import type { Say } from './figures.ts';

const BENCHES: Record<string, () => Promise<(say: Say) => Promise<void>>> = {
	posting: async () => (await import('./posting.ts')).benchPosting,
	verify: async () => (await import('./verify.ts')).benchVerify,
	'hot-page': async () => (await import('./hot-page.ts')).benchHotPage,
	pages: async () => (await import('./pages.ts')).benchPages,
};

const say: Say = (what, figure, bar) => console.log(`${figure.toFixed(2).padStart(9)}  ${what} (${bar})`);

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
	console.error(`There is no bench ${unknown.join(', ')}: ${Object.keys(BENCHES).join(', ')}.`);
	process.exitCode = 2;
} else
	for (const name of wanted.length > 0 ? wanted : Object.keys(BENCHES)) await (await BENCHES[name]!())(say);
