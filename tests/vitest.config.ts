import path from 'node:path';
import { defineConfig } from 'vitest/config';

const project = (name: string, options: object = {}) => ({
	extends: true as const,
	test: { name, include: [`tests/${name}/**/*.test.ts`], setupFiles: ['tests/support/setup.ts'], ...options },
});

export default defineConfig({
	root: path.resolve(import.meta.dirname, '..'),
	test: {
		maxWorkers: 2,
		testTimeout: 60_000,
		hookTimeout: 120_000,
		projects: [
			project('unit'),
			project('property', { globalSetup: ['tests/support/global-databases.ts'] }),
			project('integration', { globalSetup: ['tests/support/global-databases.ts'] }),
			project('e2e', {
				globalSetup: ['tests/support/global-portal.ts', 'tests/support/global-databases.ts'],
			}),
		],
	},
});
