import type { TestProject } from 'vitest/node';
import { startServer } from './server.ts';

declare module 'vitest' {
	interface ProvidedContext {
		baseUrl: string;
		/** What the first start printed, with the sample sign-ins. */
		startOutput: string;
	}
}

/** One built portal with sample data for all end-to-end tests. */
export default async function setup(project: TestProject) {
	const server = await startServer();
	project.provide('baseUrl', server.baseUrl);
	project.provide('startOutput', server.output());
	return async () => {
		await server.stop();
	};
}
