// A button that asks for a CSV file and hands on its text.
import { Button } from 'antd';
import { useRef } from 'react';

export function CsvButton({ label, pending, send }: { label: string; pending: boolean; send: (text: string) => void }) {
  const chooser = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={chooser}
        type="file"
        className="sr-only"
        tabIndex={-1}
        accept=".csv,text/csv"
        aria-label={label}
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = '';
          if (file !== undefined) void file.text().then(send);
        }}
      />
      <Button loading={pending} onClick={() => chooser.current?.click()}>
        {label}
      </Button>
    </>
  );
}
