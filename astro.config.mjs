import node from '@astrojs/node';
import { defineConfig } from 'astro/config';
import { EASY_SCRIPT_HASH } from './src/lib/easy.ts';
import { finish } from './src/server/finish.ts';

export default defineConfig({
	output: 'server',
	adapter: node({
		mode: 'standalone',
		bodySizeLimit: 10 * 1024 * 1024,
		// A page that fails half way is an error page, not half a page; and made whole it takes less time.
		experimentalDisableStreaming: true,
	}),
	session: false,
	integrations: [finish()],
	trailingSlash: 'never',
	build: { inlineStylesheets: 'never' },
	// Its highlighter styles inline, which the policy below refuses; no page needs it.
	markdown: { syntaxHighlight: false },
	i18n: {
		defaultLocale: 'vi',
		locales: ['vi', 'en'],
		// No `fallback`: with 'rewrite' it answers 302 without Location.
		routing: { prefixDefaultLocale: false },
	},
	security: {
		// src/middleware.ts checks every content type; Astro's own check leaves JSON out.
		checkOrigin: false,
		// Safe because src/server/main.ts removes every forwarded header first.
		allowedDomains: [{}],
		actionBodySizeLimit: 10 * 1024 * 1024,
		// The dev server sends the header without Vite's style hashes: pages would lose their CSS.
		csp: process.argv.includes('dev')
			? false
			: {
					scriptDirective: { hashes: [EASY_SCRIPT_HASH] },
					directives: [
						"default-src 'self'",
						"img-src 'self' data: blob:",
						"connect-src 'self'",
						"font-src 'self'",
						"object-src 'none'",
						"base-uri 'self'",
						"form-action 'self'",
						"frame-ancestors 'none'",
						"worker-src 'self'",
						"manifest-src 'self'",
					],
				},
	},
	// A small font inside the style sheet would be a data: address, which the policy above refuses.
	vite: {
		build: {
			assetsInlineLimit: (file) => (file.endsWith('.woff2') ? false : undefined),
			// Its helper weighs more on a phone than what it saves.
			modulePreload: false,
			rollupOptions: {
				output: {
					// What every page takes comes in one file: a request weighs more than either of them.
					codeSplitting: {
						groups: [{ name: 'page', test: /(phone-time|attendance-wipe)\.client|preload-helper/ }],
					},
				},
			},
		},
		worker: {
			// The service worker governs the paths below its own address, and keeps that address for ever.
			rollupOptions: {
				output: {
					entryFileNames: ({ name }) => (name === 'service-worker' ? 'sw.js' : '_astro/[name].[hash].js'),
				},
			},
		},
	},
	devToolbar: { enabled: false },
});
