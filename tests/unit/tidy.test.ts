// Properties of the source itself: the architecture diagram, executable.
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

type Layer =
	'entry' | 'action' | 'view' | 'client' | 'service' | 'repository' | 'domain' | 'lib' | 'db' | 'migration';

/** One way: a layer may import only the layers listed beside it. */
const LAYER_MAY_IMPORT: Record<Layer, Layer[]> = {
	entry: ['entry', 'action', 'view', 'client', 'service', 'repository', 'domain', 'lib', 'db'],
	action: ['service', 'repository', 'domain', 'lib', 'db'],
	// A view takes types of rows from a repository; its queries are the page's.
	view: ['view', 'client', 'repository', 'domain', 'lib', 'db'],
	client: ['client', 'domain'],
	service: ['service', 'repository', 'domain', 'lib', 'db'],
	repository: ['repository', 'domain', 'lib', 'db'],
	domain: ['domain', 'lib', 'db'],
	lib: ['lib', 'db'],
	db: ['lib', 'db', 'migration'],
	migration: ['migration'],
};

/** One way: a feature may import only the features listed beside it. */
const FEATURE_MAY_IMPORT: Record<string, string[]> = {
	places: [],
	accounts: ['places'],
	materials: ['accounts', 'places'],
	photos: ['accounts', 'places'],
	'green-houses': ['outbox', 'photos', 'materials', 'accounts', 'places'],
	// What waits on the phone; the records are those of other features.
	outbox: [],
	'drop-offs': ['outbox', 'photos', 'green-houses', 'materials', 'accounts', 'places'],
	fund: ['photos', 'accounts', 'places'],
	// What was made public of a fund, and when a month's sheet is due.
	disclosures: ['fund', 'photos', 'accounts', 'places'],
	// The tree over each fund's book, its signed checkpoints, and what anyone can check by them.
	checkpoints: ['fund'],
	collections: ['green-houses', 'drop-offs', 'fund', 'photos', 'materials', 'accounts', 'places'],
	schools: ['outbox', 'drop-offs', 'collections', 'green-houses', 'materials', 'accounts', 'places'],
	// What people are told of, and by what.
	notifications: ['outbox', 'green-houses', 'accounts', 'places'],
	'cleanup-events': [
		'drop-offs',
		'outbox',
		'notifications',
		'collections',
		'green-houses',
		'photos',
		'materials',
		'accounts',
		'places',
	],
	// Who holds which role, in houses, organisations, funds and wards.
	team: ['green-houses', 'fund', 'accounts', 'places', 'materials'],
	// Asks the invariants of all books.
	checks: ['fund', 'checkpoints'],
	privacy: ['team', 'accounts', 'cleanup-events', 'drop-offs', 'notifications', 'photos'],
	trace: [
		'collections',
		'photos',
		'cleanup-events',
		'schools',
		'fund',
		'drop-offs',
		'green-houses',
		'materials',
		'accounts',
		'places',
	],
};

const ROOT_ENTRIES = new Set([
	...['src', 'public', 'db', 'tests', 'docs', '.ci'],
	...['astro.config.mjs', 'package.json', 'package-lock.json', 'tsconfig.json', 'README.md', 'LICENSE'],
	...['eslint.config.js', '.editorconfig', '.gitignore', '.npmrc', '.prettierignore', '.prettierrc.json'],
]);

function layerOf(file: string): Layer {
	if (/^src\/(pages|actions|server|middleware)|^db\/(sample|reference)/.test(file)) return 'entry';
	if (/^db\/migrations\/(\d|dialect)/.test(file)) return 'migration';
	if (file.startsWith('db/')) return 'db';
	if (file.endsWith('.astro')) return 'view';
	if (file.endsWith('.client.ts') || file.startsWith('src/sw/')) return 'client';
	const role = /\.(actions|service|repository)\.ts$/.exec(file)?.[1];
	if (role === 'actions') return 'action';
	if (role) return role as Layer;
	return file.startsWith('src/features/') ? 'domain' : 'lib';
}

const featureOf = (file: string) => /^src\/features\/([^/]+)/.exec(file)?.[1];

const imports = (JSON.parse(readFileSync('package.json', 'utf8')) as { imports: Record<string, string> })
	.imports;
const ALIASES = Object.entries(imports).map(
	([alias, target]) => [alias.replace('*', ''), target.replace('./', '').replace('*', '')] as const,
);

function importsOf(file: string): string[] {
	const text = readFileSync(file, 'utf8');
	return [...text.matchAll(/(?:from|import)\s*\(?\s*['"]([#.][^'"]+)['"]/g)].map(([, target]) => {
		const alias = ALIASES.find(([prefix]) => target!.startsWith(prefix));
		return alias ? target!.replace(...alias) : path.normalize(path.join(path.dirname(file), target!));
	});
}

const files = globSync(['src/**/*.{ts,astro}', 'db/**/*.ts']).filter((file) => !file.endsWith('.d.ts'));
const edges = files.flatMap((from) => importsOf(from).map((to) => ({ from, to })));
const isCode = (file: string) => /\.(ts|astro)$/.test(file);

test('layers import one way', () => {
	const wrong = edges.filter(
		({ from, to }) => isCode(to) && !LAYER_MAY_IMPORT[layerOf(from)].includes(layerOf(to)),
	);
	expect(wrong).toEqual([]);
});

test('features import one way', () => {
	const wrong = edges.filter(({ from, to }) => {
		const [a, b] = [featureOf(from), featureOf(to)];
		return a !== undefined && b !== undefined && a !== b && FEATURE_MAY_IMPORT[a]?.includes(b) !== true;
	});
	expect(wrong).toEqual([]);
});

test('the graph of features has no cycle', () => {
	const visit = (feature: string, trail: string[]): void => {
		expect(trail).not.toContain(feature);
		for (const next of FEATURE_MAY_IMPORT[feature] ?? []) visit(next, [...trail, feature]);
	};
	for (const feature of Object.keys(FEATURE_MAY_IMPORT)) visit(feature, []);
});

test('migrations are numbered without gaps and all listed', () => {
	const names = globSync('db/migrations/[0-9]*.ts')
		.map((file) => path.basename(file, '.ts'))
		.sort();
	expect(names.map((name) => Number.parseInt(name, 10))).toEqual(names.map((_, index) => index + 1));
	const index = readFileSync('db/migrations/index.ts', 'utf8');
	for (const name of names) expect(index).toContain(`'${name}':`);
});

function keysOf(value: unknown, prefix: string): string[] {
	if (typeof value === 'string') return [prefix.replace(/_(zero|one|other)$/, '')];
	return Object.entries(value as Record<string, unknown>).flatMap(([key, each]) =>
		keysOf(each, prefix === '' ? key : `${prefix}.${key}`),
	);
}

const namespaces = globSync('src/locales/vi/*.json').map((file) => path.basename(file, '.json'));
const keysIn = (locale: string, namespace: string) => [
	...new Set(keysOf(JSON.parse(readFileSync(`src/locales/${locale}/${namespace}.json`, 'utf8')), '')),
];

test.each(namespaces)('every sentence of %s stands in both languages', (namespace) => {
	expect(keysIn('en', namespace).sort()).toEqual(keysIn('vi', namespace).sort());
});

test('every sentence is used', () => {
	const source = files.map((file) => readFileSync(file, 'utf8')).join('\n');
	// A key with a part that is computed, t(`common:state.${state}`), uses every key of its shape.
	const shapes = [...source.matchAll(/`([a-z-]+):([^`]*\$\{[^`]*)`/g)].map(
		([, namespace, rest]) =>
			new RegExp(
				`^${namespace}:${rest!
					.split(/\$\{(?:[^{}]|\{[^}]*\})*\}/)
					.map((part) => part.replace(/[.*+?^$()|[\]\\]/g, '\\$&'))
					.join('.+')}$`,
			),
	);
	const unused = namespaces.flatMap((namespace) =>
		keysIn('vi', namespace)
			.map((key) => `${namespace}:${key}`)
			.filter((key) => {
				const bare = key.slice(namespace.length + 1);
				const isUsed =
					source.includes(`'${key}'`) ||
					source.includes(`"${key}"`) ||
					shapes.some((shape) => namespace !== 'errors' && shape.test(key));
				return !isUsed && !(namespace === 'errors' && source.includes(`'${bare}'`));
			}),
	);
	expect(unused).toEqual([]);
});

test('nothing is exported that nobody uses', () => {
	const texts = globSync(['src/**/*.{ts,astro}', 'db/**/*.ts', 'tests/**/*.ts']).map((file) =>
		readFileSync(file, 'utf8'),
	);
	const uses = new Map<string, number>();
	for (const [word] of texts.join('\n').matchAll(/\b\w+\b/g)) uses.set(word, (uses.get(word) ?? 0) + 1);
	// Pages and the middleware are called by their names.
	const own = files.filter((file) => file.endsWith('.ts') && !/^src\/(pages|middleware)/.test(file));
	const unused = own.flatMap((file) =>
		[...readFileSync(file, 'utf8').matchAll(/^export (?:async )?(?:const|function\*?|type) (\w+)/gm)]
			.filter(([, name]) => uses.get(name!) === 1)
			.map(([, name]) => `${file} ${name}`),
	);
	expect(unused).toEqual([]);
});

test('the root holds only what is listed', () => {
	const tracked = execFileSync('git', ['ls-files'], { encoding: 'utf8' }).split('\n').filter(Boolean);
	const unlisted = new Set(
		tracked.map((file) => file.split('/')[0]!).filter((entry) => !ROOT_ENTRIES.has(entry)),
	);
	expect([...unlisted]).toEqual([]);
});

test('houses stand in a select by their wards', () => {
	const optionOfHouse = /<option(?:(?!<\/option>)[^])*listedHouseName/;
	const listing = files.filter((file) => optionOfHouse.test(readFileSync(file, 'utf8')));
	expect(listing).toEqual(['src/features/green-houses/HouseOptions.astro']);
});

test('no view carries inline style', () => {
	const wrong = files.filter(
		(file) => file.endsWith('.astro') && /\sstyle=|<style/.test(readFileSync(file, 'utf8')),
	);
	expect(wrong).toEqual([]);
});

test('no rule, query or service reads the clock', () => {
	const wrong = files.filter((file) => {
		if (!file.startsWith('src/features/') || !/(^|\/)[a-z-]+(\.(service|repository))?\.ts$/.test(file))
			return false;
		return /Date\.now\(\)|new Date\(\)/.test(readFileSync(file, 'utf8'));
	});
	// lucia asks for the time of a session's start without passing it on.
	expect(wrong.filter((file) => file !== 'src/features/accounts/session.service.ts')).toEqual([]);
});
