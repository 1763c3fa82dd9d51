// What the way from a lead to a signed contract expects of its input, in Chinese. See said.ts.

export const SALES_EXPECTED: readonly (readonly [english: string, chinese: string])[] = [
  ["a file that shows the client's agreement", '客户同意的凭据文件'],
  ['ids of at most {n} uploaded files, each once', '不超过 {n} 个已上传文件的编号，各一次'],
];
