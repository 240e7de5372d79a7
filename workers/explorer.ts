import { explorerMethods } from '../src/race/explorer/methods.ts';
import { answerCalls } from '../src/rpc.ts';

answerCalls(explorerMethods());
