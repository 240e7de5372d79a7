import { answerCalls } from '../src/rpc.ts';
import { workbenchMethods } from '../src/workbench/methods.ts';

answerCalls(workbenchMethods());
