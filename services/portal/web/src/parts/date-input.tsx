// A calendar date as 2026-03-05 in both languages, chosen or typed; weeks start on Monday.
import { DatePicker } from 'antd';
import dayjs from 'dayjs';

const FORMAT = 'YYYY-MM-DD';

interface DateInputProps {
  id?: string;
  label?: string; // where no visible label names it
  value: string; // empty = none
  onChange: (date: string) => void;
  required?: boolean;
  min?: string;
  max?: string;
  'aria-describedby'?: string;
  'aria-invalid'?: true;
}

export function DateInput({ id, label, value, onChange, required = false, min = '', max = '', ...described }: DateInputProps) {
  return (
    <DatePicker
      {...described}
      {...(id === undefined ? {} : { id })}
      {...(label === undefined ? {} : { 'aria-label': label })}
      format={FORMAT}
      placeholder={FORMAT}
      value={value === '' ? null : dayjs(value, FORMAT)}
      onChange={(date) => onChange(date === null || Array.isArray(date) ? '' : date.format(FORMAT))}
      disabledDate={(date) => (min !== '' && date.format(FORMAT) < min) || (max !== '' && date.format(FORMAT) > max)}
      allowClear={!required}
      {...(required ? { 'aria-required': true } : {})}
      style={{ width: '100%' }}
    />
  );
}
