import { globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import zlib from 'node:zlib';
import type { AstroIntegration } from 'astro';

const SMALLEST_BYTES = 1024;

/** After the build: .br and .gz twins of static text files, which the server sends as they are. */
export function finish(): AstroIntegration {
	return {
		name: 'finish',
		hooks: {
			'astro:build:done': ({ dir, logger }) => {
				const root = fileURLToPath(dir);
				let count = 0;
				for (const name of globSync('**/*.{js,css,svg,json,webmanifest}', { cwd: root })) {
					const file = path.join(root, name);
					const bytes = readFileSync(file);
					if (bytes.length < SMALLEST_BYTES) continue;
					const params = { [zlib.constants.BROTLI_PARAM_QUALITY]: 11 };
					writeFileSync(`${file}.br`, zlib.brotliCompressSync(bytes, { params }));
					writeFileSync(`${file}.gz`, zlib.gzipSync(bytes, { level: 9 }));
					count += 1;
				}
				logger.info(`${count} files compressed`);
			},
		},
	};
}
