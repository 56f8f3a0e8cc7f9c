// What destroys wants more than half of the hive in reach. Refused for want of that, it can be asked for all the same, by
// somebody who has read what it may cost.
import { Problem } from './api';
import { confirm } from './ui/dialog';
import { attempt } from './ui/toast';

interface Act { label: string; means: string; run: (force: boolean) => Promise<unknown> }

export const forced = ({ label, means, run }: Act): Promise<boolean> => attempt(async () => {
  try {
    await run(false);
  } catch (why) {
    if (!(why instanceof Problem) || why.code !== 'no_majority') throw why;
    confirm(`${label} without a majority?`, <><p>It is refused: {why.message}.</p><p>{means}</p></>, [
      { label: `${label} all the same`, kind: 'danger', run: () => void attempt(() => run(true)) },
    ]);
  }
});
