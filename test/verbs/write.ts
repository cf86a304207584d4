import { readFileSync, writeFileSync } from 'node:fs';
import { manifestWith, readmeWith } from './documents.ts';

// Run by hand: `npm run verbs`.
writeFileSync('README.md', readmeWith(readFileSync('README.md', 'utf8')));
writeFileSync('manifest.yml', manifestWith(readFileSync('manifest.yml', 'utf8')));
