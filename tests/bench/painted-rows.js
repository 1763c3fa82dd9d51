// Runs in the page: resolves to the ms from what asks for a table's rows until a frame with them is painted, by the page's own clock.
globalThis.untilPainted = async ({ caption, saying, click, type }) => {
  const shown = () => {
    const table = [...document.querySelectorAll('table')].find((one) => one.caption?.textContent === caption);
    const rows = [...(table?.querySelectorAll('tbody tr') ?? [])];
    return rows.length > 0 && rows.every((row) => row.textContent.includes(saying));
  };
  let from = 0; // the navigation
  if (click !== undefined) {
    from = performance.now();
    document.querySelector(click).click();
  }
  if (type !== undefined) {
    from = performance.now();
    const field = document.querySelector(type.into);
    // As the platform sets it: React listens to the event, not to the property.
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, type.text);
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }
  do await new Promise(requestAnimationFrame);
  while (!shown());
  await new Promise((resolve) => setTimeout(resolve)); // that frame is painted now
  return performance.now() - from;
};
