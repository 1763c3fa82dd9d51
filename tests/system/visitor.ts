// A browser as far as signing in needs one: it keeps cookies, follows redirects between sites, and fills in the forms it meets.
const STEPS = 20;

export class Visitor {
  readonly #portal: string;
  readonly #cookies = new Map<string, string>();
  readonly #language: string;

  constructor(portal: string, language = 'en') {
    this.#portal = portal;
    this.#language = language;
  }

  /** One request, with the cookies of that host (cookies know no ports); no redirect is followed. */
  async send(address: string, init: RequestInit = {}): Promise<Response> {
    const target = new URL(address, this.#portal);
    const headers = { 'accept-language': this.#language, cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') };
    const response = await fetch(target, { ...init, redirect: 'manual', headers: { ...headers, ...init.headers } });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', ...value] = (line.split(';', 1)[0] ?? '').split('=');
      if (/max-age=0|expires=thu, 01 jan 1970/i.test(line)) this.#cookies.delete(name);
      else this.#cookies.set(name, value.join('='));
    }
    return response;
  }

  /** Signs in as this person of whatever issuer the portal leads to; answers where on the portal that ends, or the refusal met there. */
  async signIn(login: string, returnTo = '/', password = 'any'): Promise<{ readonly at: string; readonly status: number; readonly text: string }> {
    let address = new URL(`/auth/login?return=${encodeURIComponent(returnTo)}`, this.#portal).href;
    let response = await this.send(address);
    for (let step = 0; step < STEPS; step += 1) {
      const location = response.headers.get('location');
      if (location !== null) {
        address = new URL(location, address).href;
        // The app's own pages are not part of signing in.
        if (this.#isPage(address)) return { at: address, status: response.status, text: '' };
        response = await this.send(address);
        continue;
      }
      const text = await response.text();
      const form = formIn(text);
      if (form === undefined) return { at: address, status: response.status, text };
      const fields = { ...form.fields, ...(text.includes('name="login"') ? { login, password } : {}) };
      address = new URL(form.action, address).href;
      response = await this.send(address, { method: 'POST', body: new URLSearchParams(fields) });
    }
    throw new Error('signing in goes round in circles');
  }

  /** A page of the portal's app, not one of signing in. */
  #isPage(address: string): boolean {
    const { origin, pathname } = new URL(address);
    return origin === new URL(this.#portal).origin && !/^\/(auth|oidc)\//.test(pathname);
  }

  async json(path: string, body?: object): Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }> {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const response = await this.send(`/api/v1${path}`, init);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }
}

/** The first form of a page: where it goes and what it sends unasked. */
function formIn(html: string): { readonly action: string; readonly fields: Readonly<Record<string, string>> } | undefined {
  const form = /<form([^>]*)>(.*?)<\/form>/s.exec(html);
  if (form === null) return undefined;
  const hidden = [...(form[2] ?? '').matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([input]) => input);
  const attribute = (input: string, name: string): string => new RegExp(`${name}="([^"]*)"`).exec(input)?.[1] ?? '';
  return {
    action: attribute(form[1] ?? '', 'action'),
    fields: Object.fromEntries(hidden.map((input) => [attribute(input, 'name'), attribute(input, 'value')])),
  };
}
