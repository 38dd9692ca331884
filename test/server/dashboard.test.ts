import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { DASHBOARD_POLICY } from '../../src/server/routes/dashboard-policy.ts';
import { testApp } from '../support/app.ts';

const ASSETS = path.resolve(import.meta.dirname, '../../dist/dashboard/assets');

describe('the dashboard', () => {
  it('answers its pages under a strict policy, fresh each time', async () => {
    const { app } = await testApp();
    for (const url of ['/', '/overview', '/assistants/claude-code', '/settings/people', '/welcome']) {
      const { statusCode, headers, body } = await app.inject({ url });
      expect({ url, statusCode, type: headers['content-type'] }).toEqual({
        ...{ url, statusCode: 200 },
        type: 'text/html; charset=utf-8',
      });
      expect(headers['content-security-policy']).toBe(DASHBOARD_POLICY);
      expect(headers['cache-control']).toBe('no-cache');
      expect(body).toContain('<div id="root">');
    }
    expect(DASHBOARD_POLICY).not.toMatch(/unsafe|https?:|\*/);
  });

  it('keeps files whose names carry a hash for ever, compressed where that is understood', async () => {
    const { app } = await testApp();
    const [script = ''] = readdirSync(ASSETS).filter((name) => /^index-.*\.js$/.test(name));
    const url = `/assets/${script}`;
    const { headers } = await app.inject({ url, headers: { 'accept-encoding': 'gzip' } });
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(headers['content-encoding']).toBe('gzip');
    expect(headers['content-type']).toContain('javascript');
    expect((await app.inject({ url })).headers['content-encoding']).toBeUndefined();
  });

  it.each([
    '/api/v1/acme/nothing',
    '/api/nothing',
    '/v1/nothing',
    '/nothing',
    '/overview/nothing',
    '/acme/sessions/analytics/nothing',
    '/assets/nothing.js',
    '/assets/../index.html',
    '/assets/%2e%2e/%2e%2e/cli/main.js',
  ])('leaves %s a plain 404 of the API', async (url) => {
    const { app } = await testApp();
    const { statusCode, headers, body } = await app.inject({ url, headers: { accept: 'text/html' } });
    expect(statusCode).toBe(404);
    expect(headers['content-type']).toContain('application/json');
    expect(body).not.toContain('<div');
  });
});
