// The embedded provider's login page: one form, no script, in the reader's language.
import type { Language } from '../http/problem-words.ts';

const TEXTS = {
  zh: { title: '登录 Deskfleet', login: '登录名', password: '密码', submit: '登录', failed: '登录名或密码不对。' },
  en: {
    title: 'Sign in to Deskfleet',
    login: 'Sign-in name',
    password: 'Password',
    submit: 'Sign in',
    failed: 'The sign-in name or the password is not right.',
  },
} as const satisfies Record<Language, Record<string, string>>;

export const LOGIN_STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 -apple-system, "Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei", "Noto Sans SC", sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: light-dark(#F5F7F9, #14181D); color: light-dark(#1A1F26, #E8EBEF); }
main { width: min(22rem, calc(100vw - 2rem)); padding: 2rem; box-sizing: border-box; background: light-dark(#FFFFFF, #1B2027); border: 1px solid light-dark(#D5DAE1, #333B45); border-radius: 8px; }
h1 { font-size: 1.25rem; margin: 0 0 1.5rem; }
label { display: block; margin: 0 0 1rem; }
input { display: block; width: 100%; box-sizing: border-box; margin-top: .25rem; padding: .5rem .75rem; font: inherit; color: inherit; background: transparent; border: 1px solid light-dark(#858E9B, #A3ADBA); border-radius: 6px; }
button { width: 100%; padding: .5rem; font: inherit; color: #FFFFFF; background: #0958D9; border: 0; border-radius: 6px; cursor: pointer; }
:focus-visible { outline: 3px solid light-dark(#0958D9, #78A9FF); outline-offset: 2px; }
p { margin: 0 0 1rem; color: light-dark(#8C1420, #F3705F); }`;

export function loginPage(language: Language, failedLogin: string): string {
  const text = TEXTS[language];
  return `<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${text.title}</title><style>${LOGIN_STYLE}</style></head>
<body><main><h1>${text.title}</h1>
${failedLogin === '' ? '' : `<p role="alert">■ ${text.failed}</p>`}
<form method="post">
<label>${text.login}<input name="login" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus value="${escaped(failedLogin)}"></label>
<label>${text.password}<input name="password" type="password" autocomplete="current-password" required></label>
<button>${text.submit}</button>
</form></main></body></html>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
