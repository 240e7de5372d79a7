import { counted, grouped } from '../../words.ts';

/** Texts of scenarios, challenges, links and the speaker's notes. */
export const lessons = {
  choose: 'Scenario:',
  own: 'Your own',
  fromLink: 'From a link',
  explored: 'An explored order',
  gallery: {
    title: 'What to run',
    useCase: 'The use case',
    useCaseNote: 'Jobs go on as they please: who wins is open.',
    lessons: 'Lessons',
    lessonsNote: 'The order is given, so each comes out the same every time.',
    challenges: 'Challenges',
    challengesNote: 'You give the order. The checker judges.',
    solved: 'solved',
    progress: (solved: number, all: number) => `${grouped(solved)} of ${grouped(all)} solved`,
    close: 'Close',
    examples: {
      append: 'The two jobs of the use case append to one table.',
      'overwrite-dynamic': 'The same jobs overwrite the months that they have rows for.',
      'set-metadata': 'dataos-tool moves the version that readers may follow.',
    },
  },
  sheet: {
    label: 'Lesson',
    place: (number: number, count: number) => `Lesson ${grouped(number)} of ${grouped(count)}`,
    challenge: 'Challenge',
    link: 'From a link',
    previous: 'Previous lesson',
    next: 'Next lesson',
    notes: 'Speaker notes',
    close: 'Put the lesson away',
    asPromised: 'came out as promised',
    otherwise: 'came out otherwise',
    solved: 'Solved. The checker agrees.',
    unsolved: 'Not yet.',
    hint: 'Give me a hint',
    moreHint: 'Another hint',
    scripted: 'The jobs go on in the order that the link gives.',
    explored: 'An explored order, on real workers',
    exploredOrder:
      'Two jobs make the table what the explored jobs find; then each goes on in the order that was explored.',
    free: 'The link gives no order: the jobs go on as they please.',
    needs: (files: number) =>
      `The workflow reads ${counted(files, 'file')} that ${files === 1 ? 'is' : 'are'} not in your dropzone. Drop ${files === 1 ? 'it' : 'them'} to run this race:`,
    file: (name: string, address: string, sha256: string) =>
      `${name} into ${address} (SHA-256 ${sha256})`,
  },
  share: {
    button: 'Share',
    hint: 'Copy a link to this workflow, its protocol, its order and the query',
    copied: 'Link copied',
    'in-address-bar': 'Link is in the address bar',
  },
  notesPage: {
    title: 'Speaker notes',
    waiting: 'Open a lesson in the other tab: its notes come here.',
    now: 'On screen now',
    blank: 'The screen is black. B or the next step brings it back.',
    say: 'Point at, and ask',
  },
} as const;
