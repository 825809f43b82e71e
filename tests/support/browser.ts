// Chromium comes out of an npm package; CHROME_PATH names another one.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions } from 'playwright-core';

export const phone = { width: 360, height: 740 };
export const wide = { width: 1280, height: 800 };

type Launch = Parameters<typeof chromium.launch>[0];

async function launchOptions(settings: string[]): Promise<Launch> {
	const given = process.env['CHROME_PATH'];
	if (given) return { executablePath: given, args: ['--no-sandbox', ...settings] };
	if (process.platform !== 'linux' || process.arch !== 'x64') return { channel: 'chrome', args: settings };
	const folder = path.resolve('node_modules/.cache/chromium');
	mkdirSync(folder, { recursive: true });
	// The packed fonts.conf names a folder that may not exist; without fonts the browser aborts.
	const fonts = path.join(folder, 'own-fonts.conf');
	writeFileSync(
		fonts,
		`<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>${folder}/fonts</dir><dir>/usr/share/fonts</dir><cachedir>${folder}/font-cache</cachedir></fontconfig>`,
	);
	const saved = process.env['TMPDIR'];
	process.env['TMPDIR'] = folder; // it unpacks itself there
	process.env['AWS_LAMBDA_JS_RUNTIME'] ??= 'nodejs24.x'; // makes it unpack its own libraries and fonts
	const { default: packed } = await import('@sparticuz/chromium');
	const executablePath = await packed.executablePath();
	if (saved === undefined) delete process.env['TMPDIR'];
	else process.env['TMPDIR'] = saved;
	return {
		executablePath,
		// Not the package's own arguments: they switch web security off.
		args: ['--no-sandbox', '--disable-dev-shm-usage', '--enable-unsafe-swiftshader', ...settings],
		env: {
			...(process.env as Record<string, string>),
			FONTCONFIG_FILE: fonts,
			FONTCONFIG_PATH: folder,
			LD_LIBRARY_PATH: path.join(folder, 'al2023', 'lib'),
		},
	};
}

/** @param settings further switches of Chromium, such as the reader's own size of text */
export const launchBrowser = async (...settings: string[]): Promise<Browser> =>
	chromium.launch(await launchOptions(settings));

/** A browser whose storage outlives it: started again with the same folder, it is the same phone. */
export const launchPhone = async (folder: string, options: BrowserContextOptions): Promise<BrowserContext> =>
	chromium.launchPersistentContext(folder, { ...(await launchOptions([])), ...options });
