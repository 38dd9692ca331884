import { useEffect } from 'react';
import { otherPage, useAddress } from '../address/address.ts';
import { Link } from '../address/link.tsx';
import { useAction } from '../api/action.ts';
import { figureOf } from '../api/figures.ts';
import { reportUrl, useAnswer } from '../api/report.ts';
import { DEMO_ORGANIZATION, mayAtLeast, useOrganization, useSession } from '../api/session.ts';
import { figureLine } from '../format/figure.ts';
import { Command } from '../ui/command.tsx';
import { Page } from '../ui/page.tsx';
import { Empty } from '../ui/panel.tsx';

const LIVE_MS = 2_000;

/** What to do with an empty server; turns live with the first event. */
export default function Start() {
  const org = useOrganization();
  const session = useSession();
  const address = useAddress();
  const create = useAction<{ key: string }>();
  const report = useAnswer<object>(reportUrl(org, 'summary', new URLSearchParams()));
  const { data, refetch } = report.query;
  const requests = figureOf(data, 'totalRequests') ?? 0;
  useEffect(() => {
    if (requests > 0) return;
    const timer = window.setInterval(() => {
      if (!document.hidden) void refetch();
    }, LIVE_MS);
    return () => window.clearInterval(timer);
  }, [requests, refetch]);
  if (org === DEMO_ORGANIZATION)
    return (
      <Page title="Set up metering" lead="From an empty server to the first figures in a few minutes" filters={false}>
        <Empty
          title="Nobody’s usage belongs into the demonstration"
          text="Choose your own organisation in the list above the pages, and set metering up there."
        />
      </Page>
    );
  const key = create.data?.key ?? 'hak_…';
  // Without encryption, and not on this machine itself: the commands must be told that it is meant.
  const isOpen = !window.isSecureContext;
  const sending = `--endpoint ${window.location.origin}${isOpen ? ' --insecure' : ''} --api-key ${key}`;
  return (
    <Page title="Set up metering" lead="From an empty server to the first figures in a few minutes" filters={false}>
      <section className="panel" aria-label="Steps">
        <ol className="steps panel-body" style={{ paddingBlock: '1rem' }}>
          <li>
            <h2>Make a key that machines send with</h2>
            {mayAtLeast(session, 'admin') ? (
              create.data ? (
                <>
                  <p className="muted">Shown this once. It can send and nothing else, so it may be shared by a team.</p>
                  <Command text={create.data.key} label="the key" />
                </>
              ) : (
                <p>
                  <button
                    type="button"
                    className="button primary"
                    disabled={create.isPending}
                    onClick={() => create.mutate({ method: 'POST', path: 'keys', body: { scope: 'ingest' } })}
                  >
                    Create an ingest key
                  </button>
                  {create.error && <span className="form-error"> {create.error.message}</span>}
                </p>
              )
            ) : (
              <p className="muted">Ask an administrator for an ingest key.</p>
            )}
          </li>
          <li>
            <h2>Set up an assistant on a developer’s machine</h2>
            <p className="muted">
              Claude Code, then Gemini CLI. Each asks for what it needs to know and changes nothing else.
            </p>
            {isOpen && (
              <p className="muted">
                This page came without encryption, so that keys and usage would travel readable by others: better behind
                https. Until then the commands say that it is meant.
              </p>
            )}
            <Command
              text={`npx -p @revenium/cli revenium-metering setup ${sending}`}
              label="the command for Claude Code"
            />
            <Command
              text={`npx -p @revenium/cli revenium-gemini setup ${sending}`}
              label="the command for Gemini CLI"
            />
          </li>
          <li>
            <h2>Bring the past and the vendors in</h2>
            <p className="muted">
              Histories on the machine, and Cursor by its admin API.
              {mayAtLeast(session, 'admin') && (
                <>
                  {' '}
                  What Anthropic, OpenAI and GitHub know is read by the server itself, once it has a key of theirs:{' '}
                  <Link to={otherPage(address, '/settings/connections')}>Connections</Link>.
                </>
              )}
            </p>
            <Command text="npx -p @revenium/cli revenium-metering backfill" label="the command for histories" />
            <Command text={`npx -p @revenium/cli revenium-cursor setup ${sending}`} label="the command for Cursor" />
          </li>
          <li>
            <h2>Watch it arrive</h2>
            <p role="status" data-live={requests > 0}>
              {requests > 0 ? (
                <>
                  <strong>It works.</strong> {figureLine(requests, 'count')} requests so far.{' '}
                  <Link to={otherPage(address, '/overview')}>To the overview</Link>
                </>
              ) : (
                <>
                  <span className="pulse" aria-hidden="true" />
                  Waiting for the first event. Use an assistant; telemetry arrives within a minute.
                </>
              )}
            </p>
          </li>
        </ol>
      </section>
      <p className="muted">
        Only want to look around? <code>revenium-server demo</code> fills a separate organisation with a made-up
        company.
      </p>
    </Page>
  );
}
