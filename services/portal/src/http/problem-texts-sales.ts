// What is said for the refusals on the way from a lead to a signed contract. See problem-texts.ts.

export const SALES_TEXTS: Readonly<Record<string, Readonly<Record<'zh' | 'en', string>>>> = {
  // who agreed for the client
  'evidence-too-long': { zh: '凭据说明太长。', en: 'The note on the evidence is too long.' },
  'evidence-file-missing': { zh: '代客户签署或下结论须附凭据文件。', en: 'Signing or deciding on behalf of the client needs a file as evidence.' },
  'evidence-file-invalid': { zh: '凭据文件有误。', en: 'The files given as evidence are not right.' },
};
