import type { Env } from './context.ts';

const PROXIES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'];
/** A proxy has no business with what stays on this machine. */
const NEVER = 'localhost,127.0.0.1,::1,[::1]';

/** Node's own fetch takes no notice of a proxy; where one is set, undici's is used, which is loaded only then. */
export function proxyFetch(env: Env, direct: typeof fetch): typeof fetch {
  if (!PROXIES.some((name) => env[name])) return direct;
  const httpProxy = env.http_proxy ?? env.HTTP_PROXY;
  const httpsProxy = env.https_proxy ?? env.HTTPS_PROXY;
  const settings = {
    ...(httpProxy && { httpProxy }),
    ...(httpsProxy && { httpsProxy }),
    noProxy: [env.no_proxy ?? env.NO_PROXY, NEVER].filter(Boolean).join(','),
  };
  const loading = async () => {
    const { EnvHttpProxyAgent, fetch } = await import('undici');
    const dispatcher = new EnvHttpProxyAgent(settings);
    // undici's fetch is node's own, in another version: the types differ, what is handed over does not.
    return ((input: never, init?: object) =>
      fetch(input, { ...init, dispatcher })) as unknown as typeof globalThis.fetch;
  };
  let loaded: ReturnType<typeof loading> | undefined;
  return async (input, init) => await (await (loaded ??= loading()))(input, init);
}
