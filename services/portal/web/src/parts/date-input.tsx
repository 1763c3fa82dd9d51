// A calendar date as 2026-03-05 in both languages, chosen or typed; weeks start on Monday. Public holidays and the days that make up for them are
// marked as the State Council publishes them: they move what is staffed and promised.
import { DatePicker } from 'antd';
import calendar from 'chinese-days/dist/chinese-days.json';
import dayjs from 'dayjs';
import { dictionary, useWords } from '../words/words.ts';

const words = dictionary({ holiday: '休', makeUp: '班' }, { holiday: 'off', makeUp: 'work' });
const holidays = new Set(Object.keys(calendar.holidays));
const makeUpDays = new Set(Object.keys(calendar.workdays));

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
  const said = useWords(words);
  const markOf = (date: string) => (holidays.has(date) ? said.holiday : makeUpDays.has(date) ? said.makeUp : '');
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
      cellRender={(date, { type, originNode }) => {
        const mark = type === 'date' && dayjs.isDayjs(date) ? markOf(date.format(FORMAT)) : '';
        return mark === '' ? (
          originNode
        ) : (
          <>
            {originNode}
            <span className="day-mark">{mark}</span>
          </>
        );
      }}
      allowClear={!required}
      {...(required ? { 'aria-required': true } : {})}
      style={{ width: '100%' }}
    />
  );
}
