import path from 'node:path';
import { defineConfig } from 'vitest/config';

// Half of a process's start is compiling what the one before it compiled; tests start a hundred of them.
process.env['NODE_COMPILE_CACHE'] ??= path.resolve(import.meta.dirname, '../node_modules/.cache/compiled');

const project = (name: string, options: object = {}) => ({
	extends: true as const,
	test: { name, include: [`tests/${name}/**/*.test.ts`], setupFiles: ['tests/support/setup.ts'], ...options },
});

export default defineConfig({
	root: path.resolve(import.meta.dirname, '..'),
	test: {
		maxWorkers: 2,
		// These end only what hangs: a page waits 30 s for anything.
		testTimeout: 300_000,
		hookTimeout: 300_000,
		// How long is waited for a result, on a machine that has other work as well.
		expect: { poll: { timeout: 30_000 } },
		projects: [
			// Pure functions: one process may run many files.
			project('unit', { isolate: false }),
			project('property', { globalSetup: ['tests/support/global-databases.ts'] }),
			project('integration', { globalSetup: ['tests/support/global-databases.ts'] }),
			project('e2e', {
				globalSetup: ['tests/support/global-portal.ts', 'tests/support/global-databases.ts'],
			}),
		],
	},
});
