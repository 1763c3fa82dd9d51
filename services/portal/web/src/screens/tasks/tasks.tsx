// The client's to-do list as a page of its own: made for a phone.
import { Page } from '../../parts/page.tsx';
import { dictionary, useWords } from '../../words/words.ts';
import { TaskList } from './task-list.tsx';

const words = dictionary(
  { title: '待办', about: '最早的在前。能当场答复的就在这里答复。' },
  { title: 'To do', about: 'The oldest first. What can be answered at once is answered here.' },
);

export function Screen() {
  const said = useWords(words);
  return (
    <Page title={said.title} about={said.about}>
      <TaskList />
    </Page>
  );
}
