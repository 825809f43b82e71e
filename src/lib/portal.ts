import { readConfig, type Config } from './config.ts';
import { openDb, versionOf, type Db } from './db.ts';
import { createPageCache, type PageCache } from './page-cache.ts';
import { loadSecret, type Secret } from './secret.ts';

/** What one process shares: its settings, its secret, its database, and the pages that it keeps. */
export type Portal = { config: Config; secret: Secret; db: Db; pages: PageCache };

// The built server and src/server load this file as two modules; the symbol makes them share one portal.
const KEY = Symbol.for('ngoi-nha-xanh.portal');
const store = globalThis as { [KEY]?: Portal };

/** The process's portal, opened at first use. */
export function getPortal(): Portal {
	if (!store[KEY]) {
		const config = readConfig(process.env);
		const secret = loadSecret(config);
		const db = openDb(config.databaseUrl);
		store[KEY] = { config, secret, db, pages: createPageCache(versionOf(db)) };
	}
	return store[KEY];
}
